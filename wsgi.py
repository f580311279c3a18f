"""For WSGI servers: read the settings, prepare the database, build the application.

`taizhang run` also runs the jobs; under another server one process, or a process of its
own (`taizhang jobs work`), does: whoever holds the lease.
"""

from admin.create_app import create_app
from models.database import Database
from models.opening import ready
from models.settings import read_settings

settings = read_settings()
app = create_app(settings, ready(Database(settings.database_url)))
