"""`crosscut up` with small stand-ins for its parts, so that the supervisor's own behaviour is seen alone and soon.

The database is the real one. Run as `python -m tests.faults.supervised HOME`.
"""

import sys
from pathlib import Path

from crosscut.site.supervisor import migrations, parts
from crosscut.site.supervisor.child import Plan
from crosscut.site.supervisor.supervisor import Supervisor, Wishes

WEB = """
import http.server, socket, subprocess, sys
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("helper", helper.pid, flush=True)
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
server = http.server.HTTPServer(("127.0.0.1", 0), Answers, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=int(sys.argv[1]))
server.serve_forever()
"""
WORKER = "import time\nprint('at work', flush=True)\ntime.sleep(600)"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(600)"


def stand_ins(doors, shared, workers):
    lent = (doors.desk.fileno(), doors.public.fileno())
    return [
        Plan(name="web", command=[sys.executable, "-c", WEB, str(lent[0])], environment=shared, lent=lent),
        Plan(name="worker-1", command=[sys.executable, "-c", WORKER], environment=shared),
        Plan(name="ticker", command=[sys.executable, "-c", DEAF if workers > 1 else WORKER], environment=shared),
    ]


if __name__ == "__main__":
    parts.plans = stand_ins
    migrations.migrate = lambda url, environment: False
    wishes = Wishes(home=Path(sys.argv[1]), port=int(sys.argv[2]), workers=int(sys.argv[3]))
    Supervisor(wishes, lambda event: print(event.as_json(), flush=True)).run()
