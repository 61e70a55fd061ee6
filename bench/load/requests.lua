-- The load of one wrk thread. Arguments: the path of a file with one request a line, as written by run-wrk.ts.
-- A line is: method TAB path TAB headers as "Name: value" separated by "|" TAB body. "{key}" in a header becomes a fresh key.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  requests, statuses, sent = {}, {}, 0
  run = args[2]
  for line in io.lines(args[1]) do
    local method, path, fields, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = {}
    for name, value in fields:gmatch("([^|:]+): ([^|]*)") do headers[name] = value end
    local text = wrk.format(method, path, headers, body ~= "" and body or nil)
    local before, after = text:match("^(.*){key}(.*)$")
    table.insert(requests, { text = text, before = before, after = after })
  end
  if args[3] ~= "count" then response = nil end
end

function request()
  sent = sent + 1
  local one = requests[(sent - 1) % #requests + 1]
  if one.before then return one.before .. run .. "-" .. sent .. one.after end
  return one.text
end

function response(status)
  statuses[status] = (statuses[status] or 0) + 1
end

function done(summary, latency)
  local seen = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses") or {}) do
      seen[status] = (seen[status] or 0) + count
    end
  end
  local parts = {}
  for status, count in pairs(seen) do table.insert(parts, string.format('"%d": %d', status, count)) end
  local errors = summary.errors
  io.write(string.format(
    '\nresult {"requests": %d, "seconds": %.6f, "p50Ms": %.3f, "p99Ms": %.3f, "refused": %d, "broken": %d, "statuses": {%s}}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout, table.concat(parts, ", ")))
end
