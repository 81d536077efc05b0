#!/bin/sh
# Run once by the database image: the product connects as a role of its own, because a superuser would silently
# bypass row-level security.
set -e
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --set=password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE halfmoon LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE halfmoon OWNER halfmoon;
SQL
