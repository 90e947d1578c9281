#!/usr/bin/env bash
# Unpacks Chromium 109 from its npm package into a folder (build/chromium-109 unless named) and says where the program lies:
#   TRACKER_TEST_CHROMIUM=$(tools/chromium109.sh) python -m pytest tests/browser
set -euo pipefail
folder=${1:-build/chromium-109}
mkdir -p "$folder"
cd "$folder"

if [[ ! -x chromium ]]; then
  npm pack --silent @sparticuz/chromium@109.0.6 >/dev/null
  tar xzf sparticuz-chromium-109.0.6.tgz
  node -e '
    const fs = require("fs"), zlib = require("zlib");
    for (const name of fs.readdirSync("package/bin")) {
      fs.writeFileSync(name.replace(/\.br$/, ""), zlib.brotliDecompressSync(fs.readFileSync("package/bin/" + name)));
    }'
  tar xf swiftshader.tar
  chmod +x chromium
  rm -r package ./*.tar ./*.tgz
fi
echo "$PWD/chromium"
