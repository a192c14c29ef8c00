-- wrk: every request is one hit of a person who was never seen before. The first argument after `--` is the number
-- of the run, which gives each run addresses of its own: 2 million of them.
local HEAD = table.concat({
  "POST /v1/hits HTTP/1.1",
  "Host: 127.0.0.1",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
  "Accept: */*",
  "Content-Type: application/json",
  "X-Forwarded-For: ",
}, "\r\n")
local BODY = '{"path":"/pricing","referrer":"https://news.example/a-story"}'
local TAIL = "\r\nContent-Length: " .. #BODY .. "\r\n\r\n" .. BODY

local FIRST = 20 * 16777216
local RUN_SIZE = 2000000
local address = FIRST
local band, rshift = bit.band, bit.rshift

function init(args)
  address = FIRST + tonumber(args[1] or 0) * RUN_SIZE
end

function request()
  address = address + 1
  return HEAD .. rshift(address, 24) .. "." .. band(rshift(address, 16), 255) .. "."
    .. band(rshift(address, 8), 255) .. "." .. band(address, 255) .. TAIL
end

-- One line that a program reads. Latencies in milliseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n@ {"requests":%d,"seconds":%.4f,"refused":%d,"broken":%d,"p50Ms":%.3f,"p99Ms":%.3f,"maxMs":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
