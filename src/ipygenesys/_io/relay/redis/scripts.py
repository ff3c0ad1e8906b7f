"""What Redis decides by itself, at one moment: who leads, and whether a write is a leader's. Lua, for its EVAL."""

from __future__ import annotations

import hashlib

STALE = "STALE"

WRITE = """
-- KEYS: epoch, then those that are written to. ARGV: epoch; then for each command its name, the number of its key,
-- how many arguments it has, and these.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('STALE') end
local at = 2
while at <= #ARGV do
  local name, key, count = ARGV[at], KEYS[tonumber(ARGV[at + 1])], tonumber(ARGV[at + 2])
  local arguments = {}
  for number = 1, count do arguments[number] = ARGV[at + 2 + number] end
  at = at + 3 + count
  local answer = redis.pcall(name, key, unpack(arguments))
  if type(answer) == 'table' and answer.err then
    -- An entry that is not above the last: fine if it is there, as when an answer was lost.
    if name ~= 'XADD' or #redis.call('XRANGE', key, arguments[4], arguments[4]) == 0 then
      if name == 'XADD' then return redis.error_reply('STALE') end
      return answer
    end
  end
end
return 1
"""

TAKE = """
-- KEYS: lease, epoch, run, server, then what else would be given up with them. ARGV: relay, ms that the lease lasts, an
-- epoch to be above, a name for what is held here, whether to begin where nothing is held, and where some of it may be lost,
-- s that the rest lasts. A server that was started anew may have lost what only the last leader knows: it goes first.
-- The lease holds the relay, the epoch before it (who asks twice, as when an answer was lost, is told the same one), and
-- which run of the server it was taken from.
local held = redis.call('GET', KEYS[1])
if held and held:match('^[^|]*') ~= ARGV[1] then return false end
local known = redis.call('GET', KEYS[2])
local server = redis.call('INFO', 'server'):match('run_id:(%x+)') or ''
local former = tonumber(known or '0')
if not known and ARGV[5] == '0' then return 0 end
if tonumber(ARGV[3]) < former and ARGV[6] == '0' and redis.call('GET', KEYS[4]) ~= server then return 0 end
local epoch = math.max(former, tonumber(ARGV[3]), tonumber(redis.call('TIME')[1]) - 1) + 1
local before = held and held:match('|([^|]*)') or string.format('%.0f', former)
redis.call('SET', KEYS[1], ARGV[1] .. '|' .. before .. '|' .. server, 'PX', ARGV[2])
redis.call('SET', KEYS[2], string.format('%.0f', epoch))
redis.call('SET', KEYS[3], ARGV[4], 'NX')
redis.call('SET', KEYS[4], server)
for number = 2, #KEYS do redis.call('EXPIRE', KEYS[number], ARGV[7]) end
return {string.format('%.0f', epoch), before, redis.call('GET', KEYS[3])}
"""

RENEW = """
-- KEYS: lease, epoch, then what is given up with them. ARGV: relay, epoch, ms that the lease lasts, s that the rest
-- lasts, channel of what passes, a sign of life to say there. A server that was started anew may have forgotten what it had confirmed, and knows
-- nothing of it: whoever leads takes the lease again, and writes down what it holds.
local held = redis.call('GET', KEYS[1])
local server = redis.call('INFO', 'server'):match('run_id:(%x+)') or ''
if not held or held:match('^[^|]*') ~= ARGV[1] or held:match('[^|]*$') ~= server then return 0 end
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
for number = 2, #KEYS do redis.call('EXPIRE', KEYS[number], ARGV[4]) end
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 1
"""

GIVE_BACK = """
-- KEYS: lease. ARGV: relay.
local held = redis.call('GET', KEYS[1])
if held and held:match('^[^|]*') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

DIGESTS = {
    script: hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
    for script in (WRITE, TAKE, RENEW, GIVE_BACK)
}
"""What Redis calls each of them, once it knows it."""
