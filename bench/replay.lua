-- Sends the requests of a file, one after the other, over and over. wrk … -s replay.lua URL -- FILE START [check]
-- A line: method, path, body, access token, separated by tabs. `check` looks into every answer, which takes time.
local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

bad = 0
local requests, at = {}, 0

function init(arguments)
  local file, start, check = arguments[1], tonumber(arguments[2]), arguments[3]
  for line in io.lines(file) do
    local method, path, body, token = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
    local headers = { ["content-type"] = "application/json", ["authorization"] = "Bearer " .. token }
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  at = start % #requests
  if check == "check" then
    response = function(status, _, body)
      if status >= 300 or body:find('"errors":', 1, true) then
        bad = bad + 1
      end
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors, wrong = summary.errors, 0
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("bad")
  end
  io.write(string.format("RESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.bytes, errors.connect + errors.read + errors.write + errors.timeout + errors.status, wrong))
end
