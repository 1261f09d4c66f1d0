"""Sampling, in the background."""

from procrastinate.contrib.django import app

from crosscut.apps.measure import services


@app.task(queue="measure")
def sample_target(target_id: int) -> None:
    services.collect(target_id)


@app.periodic(cron="* * * * *")
@app.task(queue="measure")
def sample_due(timestamp: int) -> None:
    for target_id in services.due_for_sampling():
        sample_target.configure(lock=f"sample:{target_id}").defer(target_id=target_id)
