"""A process whose children work off the jobs that are due, one at a time: each may be killed, and
is followed by another at once. It has no connection of its own that they could share."""

import os
import signal
import time

from compliance_app.run.processes import die_with_parent
from reviews import tasks
from reviews.jobs import ledger


def main() -> None:
    while True:
        pid = os.fork()
        if pid == 0:
            die_with_parent(signal.SIGKILL)()
            work()
        os.waitpid(pid, 0)


def work() -> None:
    while True:
        for due in ledger.due_jobs(limit=1):
            claim = ledger.claim(tenant_id=due.tenant_id, job_id=due.job_id)
            if claim is not None:
                tasks.work(claim)
        time.sleep(0.01)
