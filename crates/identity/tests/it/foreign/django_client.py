"""A Django site with `django-clave-unica`, configured as its users do; only the hosts are ours."""
import sys
import tempfile
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

base, client_id, secret, port = sys.argv[1:5]
own = f"http://127.0.0.1:{port}"
folder = tempfile.TemporaryDirectory()
settings.configure(
    SECRET_KEY="de prueba",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "clave_unica_auth",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder.name}/sitio.db"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    CLAVE_UNICA={
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "REDIRECT_URI": f"{own}/claveunica/callback/",
        "URL_LOGIN": f"{base}/openid/authorize",
        "TOKEN_URI": f"{base}/openid/token",
        "USERINFO_URI": f"{base}/openid/userinfo",
        "URL_LOGOUT": f"{base}/api/v1/accounts/app/logout",
        "PATH_SUCCESS_LOGIN": "/home/",
    },
)
django.setup()

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path


def home(request):
    user = request.user
    return HttpResponse(f"{user.username} {user.first_name} {user.last_name} {user.email}")


urlpatterns = [path("claveunica/", include("clave_unica_auth.urls")), path("home/", home)]
call_command("migrate", verbosity=0)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = make_server("127.0.0.1", int(port), get_wsgi_application(), handler_class=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()

http = browser()
page = sign_in(http, http.get(f"{own}/claveunica/login/", timeout=TIMEOUT))
assert page.url == f"{own}/home/", page.text
print(page.text)
