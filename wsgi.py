"""For WSGI servers: read the settings, prepare the database, build the application.

`taizhang run` also runs the jobs; under another server one process, or a process of its
own (`taizhang jobs work`), does: whoever holds the lease.
"""

from admin.create_app import create_app
from models import catalogue
from models.database import Database
from models.prepare import prepare
from models.settings import read_settings

settings = read_settings()
database = Database(settings.database_url)
prepare(database, catalogue.current())
app = create_app(settings, database)
