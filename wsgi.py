"""The WSGI door."""

from tracker.production import Door
from tracker.startup import started, write_log

app = started(Door.WSGI)
write_log(app)
