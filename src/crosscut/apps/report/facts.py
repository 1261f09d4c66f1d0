"""A report as plain data: for the API, the command line and the PDF."""

from typing import Any

from crosscut.apps.measure.queries import Result
from crosscut.apps.report.queries import CampaignReport, Line
from crosscut.kernel.money import plain_amount


def as_facts(report: CampaignReport) -> dict[str, Any]:
    """The report as JSON data. Money in the currency's main unit; times in UTC, ISO 8601; missing values are null."""
    campaign, money = report.campaign, report.money
    return {
        "campaign": {
            "name": campaign.name,
            "slug": campaign.slug,
            "objective": campaign.objective,
            "starts_on": campaign.starts_on.isoformat() if campaign.starts_on else None,
            "ends_on": campaign.ends_on.isoformat() if campaign.ends_on else None,
            "audiences": [audience.name for audience in campaign.audiences.order_by("name")],
        },
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "planned": report.planned,
        "live": report.live,
        "proven": report.proven,
        "posts": [_post(line) for line in report.lines],
        "key_results": [_result(result) for result in report.results],
        "cost": {
            "currency": money.currency,
            "budget": _main_unit(money.budget_minor, money.currency),
            "spent": _main_unit(money.spent_minor, money.currency),
            "spent_elsewhere": {name: _main_unit(minor, name) for name, minor in money.elsewhere.items()},
            "hours": float(money.hours),
            "lines": [
                {
                    "label": cost.label,
                    "amount": _main_unit(cost.amount_minor, cost.currency),
                    "currency": cost.currency,
                    "hours": float(cost.hours),
                    "date": cost.spent_on.isoformat(),
                }
                for cost in money.costs
            ],
        },
    }


def _post(line: Line) -> dict[str, Any]:
    target = line.target
    return {
        "piece": target.piece.title,
        "account": target.account.name,
        "channel": target.account.channel,
        "due_at": target.due_at.isoformat(timespec="seconds"),
        "state": target.state,
        "state_label": target.get_state_display(),
        "problem": target.problem,
        "url": target.url,
        "proof": line.proof.verdict if line.proof else None,
        "proof_label": line.proof.get_verdict_display() if line.proof else None,
        "proved_at": line.proof.at.isoformat(timespec="seconds") if line.proof else None,
        "numbers": {value.metric: value.value for value in line.values},
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "name": result.key_result.name,
        "metric": result.key_result.metric,
        "definition": result.meaning.meaning,
        "source": result.meaning.citation,
        "value": result.value,
        "goal": float(result.goal),
        "share": result.share,
        "told": result.told,
        "asked": result.asked,
        "as_of": result.as_of.isoformat(timespec="seconds") if result.as_of else None,
    }


def _main_unit(amount_minor: int, currency: str) -> float:
    """The amount in the currency's usual unit: yen have no hundredths.

    >>> _main_unit(123450, "EUR"), _main_unit(500, "JPY")
    (1234.5, 500.0)
    """
    return float(plain_amount(amount_minor, currency))
