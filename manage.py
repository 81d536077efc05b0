#!/usr/bin/env python
"""Halfmoon's command line. Starts the embedded database and broker when no servers are named."""

import os
import sys

#: Commands that touch neither database nor broker.
NEEDS_NO_SERVERS = {"help", "version", "--help", "-h", "--version", "collectstatic", "compilemessages", "makemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and not NEEDS_NO_SERVERS.intersection(sys.argv[1:]):
        from config.embedded import ServicesError, ensure_services

        try:
            ensure_services()
        except ServicesError as error:
            sys.exit(f"Halfmoon cannot start its servers. {error}")
        except KeyboardInterrupt:
            sys.exit(130)

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
