from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "crosscut.apps.plan"
    label = "plan"

    def ready(self) -> None:
        from crosscut.apps.accounts.finding import register  # both need the models, which are there only now
        from crosscut.apps.plan.finding import CAMPAIGNS

        register(CAMPAIGNS)
