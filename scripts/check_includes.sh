#!/usr/bin/env bash
# Who may include whom (ARCHITECTURE.md, "Code map"): dependencies point one way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

allowed() {
  case "$1" in
    workflow) echo workflow ;;
    governance) echo governance workflow ;;
    intelligence) echo intelligence workflow ;;
    demo) echo demo intelligence workflow ;;
    tools) echo tools intelligence workflow ;;
    messages) echo messages workflow ;;
    supervision) echo supervision messages ;;
    config) echo config messages workflow ;;
    store) echo store messages workflow ;;
    connectors) echo connectors supervision messages config workflow ;;
    agents) echo agents messages governance intelligence workflow ;;
    cluster) echo cluster messages workflow ;;
    actors) echo actors agents cluster supervision messages store connectors config governance intelligence workflow ;;
    gateway) echo gateway messages supervision config workflow ;;
    app) echo app actors agents cluster gateway supervision messages store connectors config governance intelligence demo workflow ;;
  esac
}

bad=0
for folder in workflow governance intelligence demo tools messages supervision config store connectors agents cluster actors gateway app; do
  ok=" $(allowed "$folder") "
  while IFS=: read -r file line text; do
    target=$(sed -E 's/.*#include "([a-z_]+)\/.*/\1/' <<<"$text")
    case "$ok" in *" $target "*) continue ;; esac
    echo "$file:$line: $folder may not include $target" >&2
    bad=1
  done < <(grep -rnE '#include "[a-z_]+/' "$folder" --include='*.hpp' --include='*.cpp' |
    grep -E '"(workflow|governance|intelligence|demo|tools|messages|supervision|config|store|connectors|agents|cluster|actors|gateway|app|tests)/' || true)
done
exit $bad
