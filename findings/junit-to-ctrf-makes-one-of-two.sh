#!/usr/bin/env bash
# junit-to-ctrf 0.0.14 (npm), the converter of CTRF's own makers, and a JUnit report with a failure, an error and a skipped case.
# Expected: what CTRF has a field for is kept: what it was called before (rawStatus), why a case was skipped (message), and
# when the run began (summary.start), which the report says.
# Seen: an error is "failed" as a failure is, without rawStatus, so that a bot that answers wrongly cannot be told from a server
# that was not there; the type of neither is kept; why a case was skipped is gone; start and stop are 0, which is 1970.
# Fails if that changes. Needs Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts junit-to-ctrf@0.0.14
cat > report.xml <<'XML'
<testsuites tests="4" failures="1" errors="1" skipped="1" time="3">
  <testsuite name="returns" tests="4" failures="1" errors="1" skipped="1" time="3" timestamp="2026-01-01T10:00:00Z">
    <testcase classname="returns" name="good" time="0.25"><system-out>customer: hi</system-out></testcase>
    <testcase classname="returns" name="wrong" time="1.5"><failure message="expected 42" type="AssertionError">came 41</failure></testcase>
    <testcase classname="returns" name="unplayed" time="1.25"><error message="no server" type="ConnectionError">refused</error></testcase>
    <testcase classname="returns" name="later" time="0"><skipped message="not yet"/></testcase>
  </testsuite>
</testsuites>
XML
cat > convert.mjs <<'JS'
import { convertJUnitToCTRFReport } from "junit-to-ctrf";

const { summary, tests } = (await convertJUnitToCTRFReport("report.xml", {})).results;
console.log(`failed ${summary.failed} of ${summary.tests}, start ${summary.start}, stop ${summary.stop}`);
for (const { name, duration, suite, ...rest } of tests) console.log(name, JSON.stringify(rest));
JS
node convert.mjs | tee seen
diff seen - <<'SEEN'
failed 2 of 4, start 0, stop 0
good {"status":"passed","stdout":["customer: hi"]}
wrong {"status":"failed","message":"expected 42","trace":"came 41"}
unplayed {"status":"failed","message":"no server","trace":"refused"}
later {"status":"skipped"}
SEEN
echo "as written above"
