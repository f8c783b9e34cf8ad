import os
import subprocess
import sys
from dataclasses import replace

from opnb.event_log.process import this_process


def test_this_process_lives():
    process = this_process()

    assert process.pid == os.getpid()
    assert not process.is_gone()


def test_a_later_process_of_the_same_number_is_another():
    assert replace(this_process(), started=1.0).is_gone()


def test_a_process_that_ended_is_gone_also_while_nobody_asked_for_its_code():
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    zombie = replace(this_process(), pid=child.pid)

    assert zombie.is_gone()
    child.communicate()
    assert zombie.is_gone()


def test_a_process_of_another_machine_may_live():
    assert not replace(this_process(), host="elsewhere", pid=1).is_gone()
