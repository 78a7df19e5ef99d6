"""What botocore reads in AWS config files, and where it takes credentials from, as the fixtures of two unit tests.

`aws_files.py` compares botocore.json and sources.json in src/source/aws/session/aws_files/ with what botocore does now, and
`aws_files.py --write` writes them. The tests there read the same files with patchctl's own reader. An empty setting is left
out: it is unset.
"""

import json
import os
import pathlib
import random
import sys
import tempfile
import types

import botocore.session
from botocore.exceptions import BotoCoreError, ConfigParseError

FOLDER = pathlib.Path(__file__).parent.parent / "src/source/aws/session/aws_files"

# Each file for one habit of configparser or shlex.
CASES = {
    "plain": ("[default]\nregion = eu-west-1\n[profile prod]\nregion=us-east-1\n", "[prod]\naws_access_key_id = A\n"),
    "aws configure sso": (
        "[profile 'My Corp']\nsso_session = My Corp Ltd\nsso_account_id = 111122223333\nsso_role_name = R\n"
        "[sso-session 'My Corp Ltd']\nsso_region = eu-west-1\nsso_start_url = https://x\n",
        None,
    ),
    "double quotes": ('[profile "a b"]\nx = 1\n[profile "it\'s"]\nx = 2\n', None),
    "escaped blank": ("[profile a\\ b]\nx = 1\n", None),
    "quotes around a plain name": ("[profile 'a']\nx = 1\n[profile \"b\"]\nx = 2\n", None),
    "unquoted blank": ("[profile a b]\nx = 1\n[profile c]\nx = 2\n", None),
    "open quote": ("[profile 'a]\nx = 1\n[profile c]\nx = 2\n", None),
    "tabs": ("[profile\ta]\n\tregion\t=\teu-west-1\n", None),
    "prefix without blank": ("[profilea]\nx = 1\n[profilex b]\nx = 2\n[sso-sessionx c]\nx = 3\n", None),
    "no prefix": ("[prod]\nx = 1\n[default]\nx = 2\n", "[prod]\ny = 1\n"),
    "prefix in credentials": (None, "[profile prod]\nx = 1\n[prod]\nx = 2\n"),
    "both files": ("[profile p]\nregion = a\naws_access_key_id = C\n", "[p]\naws_access_key_id = K\n"),
    "both defaults": ("[default]\na = 1\nb = 1\n[profile default]\na = 2\n", None),
    "both defaults, other order": ("[profile default]\na = 2\n[default]\na = 1\nb = 1\n", None),
    "two spellings of one name": ("[profile a]\nx = 1\n[profile 'a']\ny = 2\n", None),
    "DEFAULT": ("[DEFAULT]\nregion = eu-west-1\n[profile a]\nx = 1\n[profile b]\nregion = z\n", None),
    "empty values": ("[profile a]\nregion =\nx = \ny = 1\n", "[a]\naws_session_token =\n"),
    "nested": ("[profile a]\ns3 =\n  max = 1\n  style = path\nregion = x\n", None),
    "services": (
        "[profile a]\nservices = local\n[services local]\nssm =\n  endpoint_url = http://s\nsts =\n    endpoint_url = http://t\n",
        None,
    ),
    "nested with comments": ("[profile a]\ns3 =\n  # no\n  max = 1\n\n  ; no\n  style = path\n", None),
    "nested without =": ("[profile a]\ns3 =\n  max\n", None),
    "comments": ("# c\n; c\n[profile a]\n  # c\nx = 1\n# c\ny = 2\n", None),
    "continued": ("[profile a]\nx = 1\n  2\n\n  3\ny = 4\n", None),
    "continued by an assignment": ("[profile a]\nx = 1\n  y = 2\nz = 3\n", None),
    "all indented": ("  [profile a]\n  x = 1\n  y = 2\n  [profile b]\n  x = 3\n", None),
    "settings indented": ("[profile a]\n  x = 1\n  y = 2\n[profile b]\n    x = 3\n  y = 4\n", None),
    "heading indented below a value": ("[profile a]\nx = 1\n  [profile b]\ny = 2\n", None),
    "colon": ("[profile a]\nregion: eu-west-1\nurl = http://x\nk:v = w\n", None),
    "keys in capitals": ("[profile a]\nRegion = x\nAWS_Access_Key_Id = y\n", None),
    "signs in values": ("[profile a]\nx = a#b\ny = a;b\nz = a=b=c\nw = [x]\n", None),
    "command": ("[profile a]\ncredential_process = sh -c 'x # y' ; z\n", None),
    "behind the heading": ("[profile a] x\ny = 1\n", None),
    "bracket in the name": ("[profile a]b]\ny = 1\n", None),
    "crlf": ("[profile a]\r\nx = 1\r\n\r\ny = 2\r\n", "[a]\r\nz = 3\r\n"),
    "cr": ("[profile a]\rx = 1\ry = 2\r", None),
    "no last line break": ("[profile a]\nx = 1", None),
    "blank around": ("[profile   a  ]\n   \nx   =   1   \n", None),
    "other sections": ("[plugins]\nx = y\n[preview]\nz = 1\n[profile a]\nx = 1\n", None),
    "letters": ("[profile grün]\nx = ü\n", "[grün]\ny = é\n"),
    "empty heading": ("[]\nx = 1\n", None),
    "no heading": ("x = 1\n", None),
    "no =": ("[profile a]\nx\n", None),
    "no name": ("[profile a]\n= x\n", None),
    "heading not closed": ("[profile a\nx = 1\n", None),
    "heading twice": ("[profile a]\nx = 1\n[profile a]\ny = 2\n", None),
    "setting twice": ("[profile a]\nx = 1\nx = 2\n", None),
}

LINES = [
    "[profile a]", "[profile 'b c']", '[profile "d"]', "[default]", "[sso-session s]", "[services v]", "[x]", "[a]", "x = 1",
    "y=2", "  z = 3", "\tw = 4", "x =", "  in = ner", "    deep = er", "", "   ", "# c", "  # c", "; c", "k: v", "X = a#b",
    "q = 'quoted'", "u = http://x?a=b", " [profile e]",
]


def random_cases():
    """Files of arbitrary lines, the same each time."""
    dice = random.Random(11)
    for number in range(120):
        config = dice.choices(LINES, k=dice.randint(3, 12))
        credentials = dice.choices(LINES, k=dice.randint(0, 6))
        start = ["[profile r]"] if dice.random() < 0.7 else []
        of_credentials = ["[r]", *credentials] if credentials else None
        yield f"random {number}", ("\n".join(start + config), of_credentials and "\n".join(of_credentials))


def text_only(settings):
    """The settings that are not empty."""
    kept = {}
    for key, value in settings.items():
        if isinstance(value, dict):
            value = {inner: text for inner, text in value.items() if text}
            kept[key] = value
        elif value:
            kept[key] = value
    return kept


def read(config, credentials):
    """What botocore reads; None if it refuses the files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, text in (("config", config), ("credentials", credentials)):
            paths[name] = os.path.join(folder, name)
            if text is not None:
                pathlib.Path(paths[name]).write_bytes(text.encode())
        os.environ["AWS_CONFIG_FILE"] = paths["config"]
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = paths["credentials"]
        try:
            full = botocore.session.Session().full_config
        except ConfigParseError:
            return None
        kinds = ("profiles", "sso_sessions", "services")
        return {kind: {name: text_only(of) for name, of in full.get(kind, {}).items()} for kind in kinds}


KEYS = {"aws_access_key_id": "AKID", "aws_secret_access_key": "s"}
ROLE = {"role_arn": "arn:aws:iam::1:role/r"}
SSO = {"sso_account_id": "1", "sso_role_name": "r", "sso_region": "eu-west-1", "sso_start_url": "https://x"}
PROCESS = {"credential_process": """echo '{"Version":1,"AccessKeyId":"P","SecretAccessKey":"s"}'"""}
TOKEN = {"web_identity_token_file": "/dev/null"}
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s"}
ENV_TOKEN = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null", "AWS_ROLE_ARN": "r"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/"}

# Settings of profile p in the config and in the credentials file, variables, and whether --profile names it.
SOURCES = {
    "keys of the credentials file": ({}, KEYS, {}, True),
    "keys of the config file": (KEYS, {}, {}, True),
    "variables and a named profile": (KEYS, {}, ENV_KEYS, True),
    "variables and a profile of a variable": (KEYS, {}, ENV_KEYS, False),
    "no second key in a variable": (KEYS, {}, {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": ""}, False),
    "an empty first key in a variable": (KEYS, {}, {**ENV_KEYS, "AWS_ACCESS_KEY_ID": ""}, False),
    "role and keys": ({**ROLE, "source_profile": "p"}, KEYS, {}, True),
    "role before single sign-on": ({**ROLE, **SSO, "source_profile": "base"}, {}, {}, True),
    "role and variables": ({**ROLE, "source_profile": "base"}, {}, ENV_KEYS, False),
    "role of named variables": ({**ROLE, "credential_source": "Environment"}, {}, ENV_KEYS, True),
    "role without a source": (ROLE, {}, {}, True),
    "role with two sources": ({**ROLE, "source_profile": "base", "credential_source": "Environment"}, {}, ENV_KEYS, True),
    "role of a missing profile": ({**ROLE, "source_profile": "none"}, {}, {}, True),
    "role of itself": ({**ROLE, "source_profile": "p"}, {}, {}, True),
    "role of an odd source": ({**ROLE, "credential_source": "Vault"}, {}, {}, True),
    "role of a role": ({**ROLE, "source_profile": "chain"}, {}, {}, True),
    "web identity": ({**ROLE, **TOKEN}, {}, {}, True),
    "web identity before keys": ({**ROLE, **TOKEN, **SSO}, KEYS, {}, True),
    "web identity without a role": (TOKEN, {}, {}, True),
    "web identity of variables": ({}, {}, ENV_TOKEN, False),
    "web identity of variables and a named profile": (KEYS, {}, ENV_TOKEN, True),
    "web identity of variables and keys": (KEYS, {}, ENV_TOKEN, False),
    "single sign-on": (SSO, {}, {}, True),
    "single sign-on before keys": ({**SSO, **PROCESS}, KEYS, {}, True),
    "single sign-on of a session": ({"sso_account_id": "1", "sso_role_name": "r", "sso_session": "s"}, {}, {}, True),
    "single sign-on of a missing session": ({"sso_account_id": "1", "sso_role_name": "r", "sso_session": "x"}, {}, {}, True),
    "single sign-on in contradiction": ({**SSO, "sso_session": "s", "sso_region": "us-east-1"}, {}, {}, True),
    "only a session": ({"sso_session": "s"}, {}, {}, True),
    "process": (PROCESS, {}, {}, True),
    "process and keys of the credentials file": (PROCESS, KEYS, {}, True),
    "process and keys of the config file": ({**PROCESS, **KEYS}, {}, {}, True),
    "half a key": ({"aws_access_key_id": "A"}, {}, {}, True),
    "half a key in the credentials file": ({}, {"aws_access_key_id": "A"}, {}, True),
    "container": ({"region": "x"}, {}, CONTAINER, True),
    "container and keys": (KEYS, {}, CONTAINER, True),
    "nothing": ({"region": "x"}, {}, {}, True),
}
OTHERS = (
    "[profile base]\naws_access_key_id = B\naws_secret_access_key = s\n"
    "[profile chain]\nrole_arn = r2\nsource_profile = base\n"
    "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://x\n"
)


def source(config, credentials, variables, named):
    """The source that botocore takes; "error" if the settings do not fit together."""
    with tempfile.TemporaryDirectory() as folder:
        around = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": folder}
        for name, text in (("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", credentials)):
            around[name] = os.path.join(folder, name)
            pathlib.Path(around[name]).write_text(text, "utf-8")
        kept = [name for name in os.environ if name.startswith("AWS_")]
        for name in kept:
            del os.environ[name]
        os.environ.update({**around, **variables})
        if not named:
            os.environ["AWS_PROFILE"] = "p"
        session = botocore.session.Session(profile="p" if named else None)
        resolver = session.get_component("credential_provider")
        # What would ask something is found, and not asked.
        resolver.get_provider("container-role")._retrieve_or_fail = lambda: types.SimpleNamespace(method="container-role")
        try:
            found = resolver.load_credentials()
        except (BotoCoreError, KeyError):
            return "error"
        finally:
            for name in [*variables, "AWS_PROFILE"]:
                os.environ.pop(name, None)
        return found.method if found else None


def file_text(profile, settings):
    """A file with these settings in one profile."""
    lines = [f"{key} = {value}" for key, value in settings.items()]
    return "\n".join([f"[{profile}]", *lines, ""])


def main():
    files = []
    for name, (config, credentials) in [*CASES.items(), *random_cases()]:
        read_as = read(config, credentials)
        if name.startswith("random") and read_as is None:
            continue
        files.append({"name": name, "config": config, "credentials": credentials, "read": read_as})
    sources = []
    for name, (config, credentials, variables, named) in SOURCES.items():
        config = file_text("profile p", config) + OTHERS
        credentials = file_text("p", credentials)
        taken = source(config, credentials, variables, named)
        case = {"name": name, "config": config, "credentials": credentials, "variables": variables, "named": named}
        sources.append({**case, "source": taken})
    for name, cases in (("botocore.json", files), ("sources.json", sources)):
        text = json.dumps(cases, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if "--write" in sys.argv:
            (FOLDER / name).write_text(text, "utf-8")
        elif (FOLDER / name).read_text("utf-8") != text:
            sys.exit(f"{name} is not what botocore does: run aws_files.py --write, and look at the difference")
    print(f"botocore read {len(files)} AWS config files and found {len(sources)} sources of credentials, as the fixtures say")


main()
