// The way of Enrow's own client: one POST of everything, and polling by hand until it is done.
//
//     ENROW_API_URL=... ENROW_API_KEY=... node benches/one_post.mjs IN.csv OUT.csv
//
// The API takes 3,000 searches in one request, so a longer list is refused. It remembers nothing. For comparison only.

import { readFileSync, writeFileSync } from "node:fs";

const [, , input, output] = process.argv;
const headers = { "x-api-key": process.env.ENROW_API_KEY, "content-type": "application/json" };

async function call(path, body) {
  const answer = await fetch(process.env.ENROW_API_URL + path, {
    headers,
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

// The made-up sheets have no quoted line breaks, which a split by lines needs.
const cells = (line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell.replace(/^"|"$/g, ""));
const [head, ...lines] = readFileSync(input, "utf8").trim().split(/\r?\n/);
const column = Object.fromEntries(cells(head).map((name, index) => [name, index]));
const searches = [];
const rowOf = [];
lines.forEach((line, row) => {
  const cell = cells(line);
  const [url, site] = [cell[column["LinkedIn URL"]], cell[column.Website]];
  if (!url && !site) return;
  rowOf.push(row);
  searches.push(
    url
      ? { linkedin_url: url }
      : { firstname: cell[column["First Name"]], lastname: cell[column["Last Name"]], company_domain: site },
  );
});
const { id } = await call("/phone/bulk", { searches });
let answer;
do {
  await new Promise((done) => setTimeout(done, 10_000));
  answer = await call(`/phone/bulk?id=${id}`);
} while (answer.general.status !== "completed");
const numbers = {};
answer.results.forEach((result, index) => (numbers[rowOf[index]] = result.number ?? ""));
writeFileSync(output, [`${head},phone_number`, ...lines.map((line, row) => `${line},${numbers[row] ?? ""}`)].join("\n"));
