# Sourced first by every script, with its arguments: answers --help with the comment that heads the script, goes to the
# repository, and finds Swift where its installers put it.
set -euo pipefail

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for folder in "$HOME/.local/share/swiftly/bin" /opt/swift/usr/bin; do
    if ! command -v swift >/dev/null && [[ -x "$folder/swift" ]]; then
        export PATH="$folder:$PATH"
    fi
done

# One failure in one line, as the commands say it: refuse CODE "what: where: why; what to do".
refuse() {
    echo "$(basename "$0"): $2" >&2
    exit "$1"
}
