"""The ledger and what is kept around it: see `ledger`."""

from crosscut.apps.publish.models.bulk import PostImport, PostImportRow, Replacement
from crosscut.apps.publish.models.calendar import CalendarFeed, CalendarView, Slot, Timetable
from crosscut.apps.publish.models.ledger import Attempt, Copy, Target
from crosscut.apps.publish.models.outlook import Allowance, Canary, Forecast, Hold
from crosscut.apps.publish.models.proofs import Proof, Takedown
from crosscut.apps.publish.models.series import Series, SeriesDate

__all__ = [
    "Allowance",
    "Attempt",
    "CalendarFeed",
    "CalendarView",
    "Canary",
    "Copy",
    "Forecast",
    "Hold",
    "PostImport",
    "PostImportRow",
    "Proof",
    "Replacement",
    "Series",
    "SeriesDate",
    "Slot",
    "Takedown",
    "Target",
    "Timetable",
]
