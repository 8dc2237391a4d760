// What a JavaScript library says of JWS. Arguments: its folder, and files. A line for each: file, "jose", "ok" or why not.
import { readFileSync } from "node:fs";
const { compactVerify, flattenedVerify, importX509 } = await import(`${process.argv[2]}/dist/webapi/index.js`);
const data = readFileSync("decreto 12.xml");

async function check(file) {
  const text = readFileSync(file, "utf8");
  const flattened = text.startsWith("{") ? JSON.parse(text) : null;
  const part = flattened ? flattened.protected : text.split(".")[0];
  const header = JSON.parse(Buffer.from(part, "base64url"));
  const certificate = `-----BEGIN CERTIFICATE-----\n${header.x5c[0]}\n-----END CERTIFICATE-----`;
  const key = await importX509(certificate, header.alg);
  const { payload } = await (flattened ? flattenedVerify(flattened, key) : compactVerify(text, key));
  if (!data.equals(payload)) throw new Error("what was verified is not what was signed");
}

for (const file of process.argv.slice(3)) {
  const answer = await check(file).then(() => "ok", (error) => String(error).replaceAll("\n", " "));
  console.log(`${file}\tjose\t${answer}`);
}
