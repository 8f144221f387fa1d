#!/bin/sh
# Installs Yumiao from this folder, without any network. Usage: ./install.sh DIRECTORY
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=${1:-}
if [ -z "$target" ]; then
  echo "Usage: ./install.sh DIRECTORY   (such as /opt/yumiao; it must not exist)" >&2
  exit 2
fi
if [ -e "$target" ]; then
  echo "$target exists. Name a directory that does not; the former installation stays for the way back." >&2
  exit 1
fi

(cd "$here" && sha256sum --check --quiet SHA256SUMS) || {
  echo "A file of the bundle is damaged or was changed. Copy the bundle again." >&2
  exit 1
}

wanted=$(cat "$here/PYTHON")
python=""
for candidate in ${PYTHON:-} "python$wanted" python3; do
  if [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$wanted" ]; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "This bundle is for Python $wanted; found none. Install it, or name one: PYTHON=/path/to/python$wanted ./install.sh $target" >&2
  exit 1
fi

"$python" -m venv "$target"
case $target in /*) ;; *) target=$PWD/$target ;; esac
cd "$here"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --require-hashes \
  --requirement requirements.txt
"$target/bin/python" -m pip check >/dev/null
"$target/bin/yumiao" --version
echo "Installed. Next: $target/bin/yumiao district prepare --data /srv/yumiao"
