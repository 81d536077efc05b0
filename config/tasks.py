"""Doorways for the worker to what takes every app; each may run twice."""

from __future__ import annotations

from celery import shared_task

from config.uploads import TAKE_UPLOAD, run_upload
from dealers.models import Upload
from dealers.services.jobs import running_job


@shared_task(name=TAKE_UPLOAD)
def take_upload(job_id: int) -> None:
    """Try or take the uploaded file that the job names."""
    with running_job(job_id) as taken:
        if taken is not None:
            job, progress = taken
            uploads = Upload.objects.select_related("dealer", "uploaded_by__dealer", "delivery")
            run_upload(uploads.get(pk=job.params["upload"]), on_progress=progress.report)
