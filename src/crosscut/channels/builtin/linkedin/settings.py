"""What a person tells about an account on LinkedIn."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress, for_programs


class Product(StrEnum):
    """What LinkedIn lets the app do. The second is given to vetted companies, and alone in an app."""

    MEMBER = "member"
    PAGES = "pages"


# What each is asked to allow: LinkedIn refuses a login that asks for more than the app has.
SCOPES = {
    Product.MEMBER: ("openid", "profile", "w_member_social"),
    Product.PAGES: ("rw_organization_admin", "w_organization_social", "r_organization_social"),
}


class Settings(BaseModel):
    """One app of the person's own at LinkedIn, and where it speaks to LinkedIn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(
        title="Client ID", description="From your app at LinkedIn: the tab Auth.", pattern=r"^[\w-]{8,40}$"
    )
    product: Product = Field(
        Product.MEMBER,
        title="For",
        description="“member”: your own profile (Share on LinkedIn). “pages”: company pages (Community Management).",
    )
    version: str = Field(
        "202609",
        title="Version",
        description="Of LinkedIn's interface: year and month.",
        pattern=r"^20\d{4}$",
        json_schema_extra=FOR_PROGRAMS,
    )
    api_url: WebAddress = for_programs("https://api.linkedin.com", "API", "Where it answers.")
    login_url: WebAddress = for_programs(
        "https://www.linkedin.com/oauth/v2", "Login page", "Where the person says yes."
    )
