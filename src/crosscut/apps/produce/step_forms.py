"""The form of a campaign's steps of approval. It shapes what was typed; the service decides whether it is right."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.queries import members_for
from crosscut.apps.produce.models import ApprovalStep
from crosscut.apps.produce.services.approval_steps import MOST, Step
from crosscut.kernel.errors import Invalid

if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet["StepForm"]
else:
    _FormSet = forms.BaseFormSet


class StepForm(forms.Form):
    """One step."""

    pk = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the step"), max_length=80, help_text=_("Editors, Legal, The client"))
    people = forms.TypedMultipleChoiceField(
        label=_("Who is asked"),
        required=False,
        coerce=int,
        help_text=_("Nobody ticked: any senior or lead. Whoever is named here may say yes, whatever their role."),
        widget=forms.CheckboxSelectMultiple,
    )
    needs_all = forms.ChoiceField(
        label=_("How many of them"),
        choices=[("one", _("One of them is enough")), ("all", _("All of them"))],
        initial="one",
    )
    four_eyes = forms.BooleanField(
        label=_("Four eyes: whoever wrote a piece cannot say yes to it here"), required=False, initial=True
    )

    def __init__(self, *args: Any, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        people = members_for(by).exclude(role=Role.GUEST)
        self.fields["people"].choices = [(one.pk, str(one.user)) for one in people]  # type: ignore[attr-defined]

    def step(self) -> Step:
        """What the service takes."""
        said = self.cleaned_data
        return Step(
            pk=said["pk"],
            name=said["name"],
            people=tuple(said["people"]),
            needs_all=said["needs_all"] == "all",
            four_eyes=said["four_eyes"],
        )


class Steps(_FormSet):
    """All steps of a campaign and an empty one."""

    def add_fields(self, form: "StepForm", index: int | None) -> None:
        """The place of a step among them and the way out; the one that is not there yet has neither."""
        super().add_fields(form, index)
        is_there = index is not None and index < self.initial_form_count()
        place = form.fields["ORDER"]
        place.label, place.required = _("Place among the steps"), is_there
        if is_there:
            form.fields["DELETE"].label = _("Take this step out")
        else:
            place.widget = forms.HiddenInput()
            del form.fields["DELETE"]

    def steps(self) -> list[Step]:
        """The steps in the order that was asked for, without those to be taken out and the empty one."""
        return [form.step() for form in self._in_order()]

    def show_problems(self, error: Invalid) -> None:
        """Puts each problem at the step and the field it is about."""
        forms_ = self._in_order()
        for problem in error.problems:
            _steps, _dot, rest = problem.where.partition(".")
            at, _dot, name = rest.partition(".")
            form = forms_[int(at)] if at.isdigit() and int(at) < len(forms_) else (forms_ or self.forms)[0]
            form.add_error(name if name in form.fields else None, str(problem.message))

    def _in_order(self) -> list[StepForm]:
        return [form for form in self.ordered_forms if form.has_changed() or form.cleaned_data.get("pk")]


_STEPS: Any = forms.formset_factory(
    StepForm, formset=Steps, extra=1, can_order=True, can_delete=True, max_num=MOST, absolute_max=MOST + 1
)


def step_forms(by: Member, steps: Iterable[ApprovalStep], data: Mapping[str, Any] | None = None) -> Steps:
    """The forms of the steps there are and of one more, with what was typed."""
    forms_: Steps = _STEPS(data, initial=[_initial(step) for step in steps], prefix="step", form_kwargs={"by": by})
    return forms_


def _initial(step: ApprovalStep) -> dict[str, Any]:
    return {
        "pk": step.pk,
        "name": step.name,
        "people": [person.pk for person in step.people.all()],
        "needs_all": "all" if step.needs_all else "one",
        "four_eyes": step.four_eyes,
    }
