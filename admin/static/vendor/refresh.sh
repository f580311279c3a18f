#!/usr/bin/env bash
# Fetches the third-party browser files anew, at the versions below. Needs npm and node,
# on a developer's machine only: the files are committed, the panel never downloads.
# Add an icon: its name from tabler.io/icons into icons.txt, then run this.
set -euo pipefail
export LC_ALL=C

# Tabler stays at 1.4: from 1.5 on its colours rest on light-dark() and relative oklch(),
# which browsers older than 2024, still common on office machines, drop altogether.
tabler=1.4.0
icons=3.51.0
tom_select=2.6.2
echarts=6.1.0
esbuild=0.25.12
purgecss=8.0.0

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --ignore-scripts --no-audit --no-fund "@tabler/core@$tabler" \
  "@tabler/icons@$icons" "tom-select@$tom_select" "echarts@$echarts" "esbuild@$esbuild" \
  "purgecss@$purgecss"
modules=$work/node_modules

mkdir -p "$here/tabler" "$here/tabler-icons" "$here/tom-select" "$here/echarts"

# The comment at the end of a minified file names a map that is not shipped.
take() { sed -E -e 's@/\*# sourceMappingURL=[^*]*\*/@@' -e '/^\/\/# sourceMappingURL=/d' "$1" >"$2"; }
take "$modules/@tabler/core/dist/css/tabler.min.css" tabler.min.css
take "$modules/@tabler/core/dist/js/tabler.min.js" "$here/tabler/tabler.min.js"
take "$modules/tom-select/dist/css/tom-select.bootstrap5.min.css" "$here/tom-select/tom-select.min.css"
take "$modules/tom-select/dist/js/tom-select.complete.min.js" "$here/tom-select/tom-select.min.js"
cp "$modules/tom-select/LICENSE" "$here/tom-select/LICENSE"
cp "$modules/@tabler/icons/LICENSE" "$here/tabler-icons/LICENSE"
cp "$modules/echarts/LICENSE" "$modules/echarts/NOTICE" "$here/echarts/"
cp "$modules/zrender/LICENSE" "$here/echarts/LICENSE-zrender"

# Of Tabler's style a page uses a fifth; a branch on a slow line would wait for the rest
# before it sees anything. Kept is what stands as a word in a template, a script or a module;
# left_out.txt names the rest, and a test tells when a page uses one of them: run this then.
classes() { sed -E 's/url\([^)]*\)//g' "$1" | grep -oE '\.-?[A-Za-z_][A-Za-z0-9_-]*' | cut -c2- | sort -u; }
"$modules/.bin/purgecss" --font-face --keyframes --css tabler.min.css --output "$here/tabler/tabler.min.css" \
  --content "$here/../../templates/**/*.html" "$here/../*.js" "$here/../js/*.js" "$here/../../*.py" \
  "$here/tabler/tabler.min.js" "$here/tom-select/tom-select.min.js" >/dev/null
comm -23 <(classes tabler.min.css) <(classes "$here/tabler/tabler.min.css") |
  grep -vxF -f <(cat "$here"/../../templates/*/*.html "$here"/../*.js "$here"/../js/*.js "$here"/../../*.py |
    grep -oE '[A-Za-z0-9_-]+' | sort -u) >"$here/tabler/left_out.txt"

cp "$here/echarts-entry.js" entry.js
"$modules/.bin/esbuild" entry.js --bundle --minify --format=iife --global-name=echarts \
  --legal-comments=inline --charset=utf8 --target=es2018 --log-level=error \
  --outfile="$here/echarts/echarts.min.js"

# One file of symbols; a page shows <svg><use href="sprite.svg#phone"></use></svg>.
{
  echo '<svg xmlns="http://www.w3.org/2000/svg">'
  while read -r name; do
    source=$modules/@tabler/icons/icons/outline/$name.svg
    paint='fill="none" stroke="currentColor"'
    if [[ $name == *-filled ]]; then
      source=$modules/@tabler/icons/icons/filled/${name%-filled}.svg
      paint='fill="currentColor"'
    fi
    if [[ ! -f $source ]]; then
      echo "icons.txt: '$name' is not a Tabler icon of version $icons." >&2
      exit 1
    fi
    paths=$(sed '/^<!--/,/^-->/d' "$source" | tr '\n' ' ' |
      sed -e 's/<svg[^>]*>//' -e 's@</svg>@@' -e 's/  */ /g' -e 's/^ //' -e 's/ $//')
    echo "<symbol id=\"$name\" viewBox=\"0 0 24 24\" $paint stroke-width=\"1.75\"" \
      "stroke-linecap=\"round\" stroke-linejoin=\"round\">$paths</symbol>"
  done <"$here/icons.txt"
  echo '</svg>'
} >"$here/tabler-icons/sprite.svg"
echo "Refreshed: tabler $tabler, icons $icons, tom-select $tom_select, echarts $echarts."
