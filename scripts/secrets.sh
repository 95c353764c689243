#!/bin/sh
# Makes the secret files of compose.yaml in secrets/; a file that exists is kept.
# Compose mounts such files with the rights they have on the host, and the containers run as other users than
# yours: the files are therefore readable, and the folder around them is closed.
set -eu
umask 077
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 700 secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "secrets/$1" ] || { printf '%s' "$2" > "secrets/$1"; chmod 644 "secrets/$1"; echo "made secrets/$1"; }; }

keep postgres_password "$(random)"
keep database_url "postgresql+psycopg://incidens72:$(cat secrets/postgres_password)@postgres:5432/incidens72"
keep secret_key "$(random)"
keep smtp_url "smtp://mailpit:1025"
