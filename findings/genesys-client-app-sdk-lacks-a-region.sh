#!/usr/bin/env bash
# Genesys' SDK for apps inside its own pages (npm purecloud-client-app-sdk 2.6.10, which brings genesys-cloud-service-discovery-web
# 3.0.500) and its platform SDK (npm purecloud-platform-client-v2 262.0.0): the regions that each knows.
# Expected: the same; the types of service discovery say that it gives "prod, fedramp, and eusc" where nothing else is asked.
# Seen: the European sovereign region (eusc_de_east_1, edee1.eusc-pure.cloud) is one of the platform SDK's 18 regions and none of
# service discovery's 17, of which none is of the kind eusc; so an app that is shown there, as its own page tells it, ends in
# an error before it can say anything to that page, while calls to the API of the region would go out.
# Fails if that changes. Needs Node 20 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts purecloud-client-app-sdk@2.6.10 genesys-cloud-service-discovery-web@3.0.500 \
  purecloud-platform-client-v2@262.0.0
cat > regions.cjs <<'JS'
const page = { location: { search: "", href: "https://app.example/", hash: "" }, addEventListener() {}, parent: { postMessage() {} } };
global.window = page;
global.document = { referrer: "" };
const app = require("purecloud-client-app-sdk");
const App = app.default ?? app;
const { PureCloudRegionHosts } = require("purecloud-platform-client-v2");
(async () => {
  const { getEnvironments } = await import("genesys-cloud-service-discovery-web");
  const found = getEnvironments();
  const domains = new Set(found.map((each) => each.publicDomainName));
  const regions = Object.entries(PureCloudRegionHosts);
  console.log("platform SDK:", regions.length, "service discovery:", found.length, "of kinds", [...new Set(found.map((each) => each.env))]);
  console.log("not discovered:", regions.filter(([, domain]) => !domains.has(domain)));
  for (const domain of ["mxc1.pure.cloud", "edee1.eusc-pure.cloud"]) {
    let became;
    try {
      became = `an app of ${new App({ pcEnvironment: domain }).pcEnvironment}`;
    } catch (error) {
      became = `an error, ${error.message ?? error}`;
    }
    console.log(`${domain}: ${became}`);
  }
})();
JS
HOME="$folder" node regions.cjs | tee seen
diff seen - <<'SEEN'
platform SDK: 18 service discovery: 17 of kinds [ 'fedramp', 'prod' ]
not discovered: [ [ 'eusc_de_east_1', 'edee1.eusc-pure.cloud' ] ]
mxc1.pure.cloud: an app of mxc1.pure.cloud
edee1.eusc-pure.cloud: an error, Could not parse 'edee1.eusc-pure.cloud' into a known PureCloud environment
SEEN
echo "as written above"
