"""For WSGI servers: read the settings, prepare the database, build the application.

`taizhang run` also runs the jobs; under another server one process, or a process of its
own (`taizhang jobs work`), does: whoever holds the lease.
"""

from admin.create_app import create_app
from models import catalogue
from models.database import Database
from models.prepare import prepare
from models.register_checks import assert_sound
from models.settings import read_settings

settings = read_settings()
database = Database(settings.database_url)
assert_sound(catalogue.current())
prepare(database, catalogue.current())
app = create_app(settings, database)
