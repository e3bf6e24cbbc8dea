#!/bin/sh
# Makes the record in this folder, from the top of the repository: ./truce must
# be built. Keys are new each time, so the record is too; it is made again only
# when its format changes, and then the old one moves to a folder of its own.
set -eu
out=$PWD/audit/testdata work=$(mktemp -d) truce=$PWD/truce
export XDG_CONFIG_HOME=$work
cd "$work"
cat > seen.csv <<EOF
id,at,lat,lon,within,act,weapon
a,2026-01-05T02:10,48.2,38.1,400,fire,mortar
b,2026-01-06T02:10,48.3,38.2,400,fire,mortar
c,2026-01-07T09:00,48.4,38.3,400,fire,artillery
EOF
sed 's/^a/d/; /^[bc]/d' seen.csv > more.csv
cat > map.yaml <<EOF
record: observation
source: press
timezone: UTC
key: {column: id}
occurred: {column: at}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}
act: {column: act}
weapon: {column: weapon}
EOF
$truce init m --agreement "$1" --name fixture.example/record
for k in verification-1 a-1 b-1; do $truce keygen $k; done
$truce keys add m truce/keys/verification-1.pub --role verification-officer --because joined --as head-of-mission
$truce keys add m truce/keys/a-1.pub --role liaison --party A --because named --as head-of-mission
$truce keys add m truce/keys/b-1.pub --role liaison --party B --because named --as head-of-mission
$truce ingest m --source csv seen.csv --mapping map.yaml
$truce ingest m --source csv more.csv --mapping map.yaml
id=$($truce incidents m --format csv | sed -n 2p | cut -c1-12)
$truce decide m confirm "$id" --article 1 --because "fragments examined on site" --as verification-1
$truce respond m "$id" --says contest --because "not ours" --as b-1
$truce observe m 'explosion 2026-01-05T10:05/10:06Z from 48.0111N 37.8222E bearing 350-010 distance 2-5km source=patrol-3 means=heard count=3' --because "log of the patrol" --as verification-1
$truce release m --now --as head-of-mission
$truce report m --out day.html --publish --because "daily report" --as head-of-mission
$truce keys revoke m a-1 --because "the phone was lost" --as head-of-mission
$truce verify m
rm -rf "$out"/record
cp -r m/record "$out"/record
rm -rf "$out"/record/.state
sed -n 's/.*"record": "\(.*\)".*/\1/p' m/mission.json | tr -d '\n' > "$out"/record.key
n=$($truce proof m 11 | grep -c '"kind":"decision"') && [ "$n" = 1 ]
$truce proof m 11 --out "$out"/decision.proof
$truce proof m 6 --out "$out"/observation.proof
cp m/receipts/11.receipt "$out"/ours.receipt
chmod -R u+w "$out"
