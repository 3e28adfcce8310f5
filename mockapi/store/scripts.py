"""What Redis does in one step, in its Lua. `w`, the first argument of most scripts, is what the keys of a world begin with.

Lua counts in doubles, which do not hold all shares of a bucket beyond 2**53. So an amount of shares is two numbers, `x * 100000 + y`.
"""

COMMIT = """
local w, name, owner, at = ARGV[1], ARGV[2], ARGV[3], 4
if name ~= '' and redis.call('GET', w .. 'lease:' .. name) ~= owner then return -1 end
local done = 0
while ARGV[at] do
  local what = ARGV[at]
  if what == 'put' then
    local objects, id = w .. 'objects:' .. ARGV[at + 1], ARGV[at + 2]
    if redis.call('HEXISTS', objects, id) == 0 then
      redis.call('ZADD', w .. 'places:' .. ARGV[at + 1], redis.call('INCR', w .. 'place'), id)
    end
    redis.call('HSET', objects, id, ARGV[at + 3])
    at = at + 4
  elseif what == 'delete' then
    local objects, places = w .. 'objects:' .. ARGV[at + 1], w .. 'places:' .. ARGV[at + 1]
    done = redis.call('HDEL', objects, ARGV[at + 2])
    if redis.call('ZCARD', places) > 2 * redis.call('HLEN', objects) + tonumber(ARGV[at + 3]) then
      for _, id in ipairs(redis.call('ZRANGE', places, 0, -1)) do
        if redis.call('HEXISTS', objects, id) == 0 then redis.call('ZREM', places, id) end
      end
    end
    at = at + 4
  elseif what == 'write' then
    redis.call('RPUSH', w .. 'content:' .. ARGV[at + 1], ARGV[at + 2])
    at = at + 3
  elseif what == 'erase' then
    redis.call('DEL', w .. 'content:' .. ARGV[at + 1])
    at = at + 2
  else
    local counters, most, number = w .. 'counters:' .. ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
    for n = 1, number do
      local key, amount = ARGV[at + 2 + 2 * n], ARGV[at + 3 + 2 * n]
      local sum = redis.pcall('HINCRBY', counters, key, amount)
      if type(sum) == 'table' or sum > tonumber(most) then redis.call('HSET', counters, key, most) end
    end
    at = at + 4 + 2 * number
  end
end
return done
"""

PAGE = """
local w, kind, after, descending, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', tonumber(ARGV[5])
local places, objects = w .. 'places:' .. kind, w .. 'objects:' .. kind
local low, high, found = '-inf', '+inf', {}
if limit == 0 then return found end
local cursor = after ~= '' and redis.call('ZSCORE', places, after)
if cursor then
  if descending then high = '(' .. cursor else low = '(' .. cursor end
end
while true do
  local rows
  if descending then
    rows = redis.call('ZREVRANGEBYSCORE', places, high, low, 'WITHSCORES', 'LIMIT', 0, 500)
  else
    rows = redis.call('ZRANGEBYSCORE', places, low, high, 'WITHSCORES', 'LIMIT', 0, 500)
  end
  if #rows == 0 then return found end
  local ids = {}
  for n = 1, #rows, 2 do ids[#ids + 1] = rows[n] end
  for n, value in ipairs(redis.call('HMGET', objects, unpack(ids))) do
    if value then
      found[#found + 1], found[#found + 2] = ids[n], value
      if #found == 2 * limit then return found end
    end
  end
  if descending then high = '(' .. rows[#rows] else low = '(' .. rows[#rows] end
end
"""

TAKE = """
local key, now, number, base = ARGV[1] .. 'levels:' .. ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), 100000
local function tidy(x, y)
  local carry = math.floor(y / base)
  return x + carry, y - carry * base
end
local before, after = {}, {}
for n = 1, number do
  local place = 5 + (n - 1) * 4
  local per, rate, amount, period = ARGV[place], tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2]), tonumber(ARGV[place + 3])
  local text = redis.call('HGET', key, per) or '0:0:0'
  before[n] = text
  local x, y, at = string.match(text, '(%d+):(%d+):(%d+)')
  x, y, at = tonumber(x), tonumber(y), tonumber(at)
  if now > at and x + y > 0 then
    local past = now - at
    if past > 2 * period then
      x, y = 0, 0
    else
      x, y = tidy(x - rate * math.floor(past / base), y - rate * (past % base))
      if x < 0 then x, y = 0, 0 end
    end
  end
  x, y = tidy(x + amount * math.floor(period / base), y + amount * (period % base))
  local over = tidy(x - rate * math.floor(period / base), y - rate * (period % base) - rate * 1000)
  if over >= 0 then
    for rest = n + 1, number do before[rest] = redis.call('HGET', key, ARGV[5 + (rest - 1) * 4]) or '0:0:0' end
    return {n - 1, unpack(before)}
  end
  after[n] = string.format('%.0f:%.0f:%.0f', x, y, math.max(now, at))
end
for n = 1, number do redis.call('HSET', key, ARGV[5 + (n - 1) * 4], after[n]) end
return {-1, unpack(after)}
"""

ORDINAL = """
local asked, turns, origin = ARGV[1] .. 'asked', ARGV[1] .. 'asked:turns', ARGV[2]
local times = redis.call('HINCRBY', asked, origin, 1)
redis.call('ZADD', turns, redis.call('INCR', ARGV[1] .. 'turn'), origin)
if redis.call('ZCARD', turns) > tonumber(ARGV[3]) then
  redis.call('HDEL', asked, redis.call('ZPOPMIN', turns)[1])
end
return times - 1
"""

RENEW = """
local names, turns, now, till, most = ARGV[1] .. 'names', ARGV[1] .. 'names:turns', tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local found = 0
for n = 5, #ARGV do
  local known = redis.call('HGET', names, ARGV[n])
  if known and tonumber(known) > now then found = n - 4 end
end
for n = 5, #ARGV do
  redis.call('HSET', names, ARGV[n], till)
  redis.call('ZADD', turns, redis.call('INCR', ARGV[1] .. 'turn'), ARGV[n])
end
while redis.call('ZCARD', turns) > most do redis.call('HDEL', names, redis.call('ZPOPMIN', turns)[1]) end
return found
"""

HOLD = """
local key = ARGV[1] .. 'lease:' .. ARGV[2]
local owner = redis.call('GET', key)
if owner and owner ~= ARGV[3] then return 0 end
redis.call('SET', key, ARGV[3], 'PX', ARGV[4])
return 1
"""

RELEASE = """
local key = ARGV[1] .. 'lease:' .. ARGV[2]
if redis.call('GET', key) == ARGV[3] then redis.call('DEL', key) end
return 0
"""

NOTE = """
local entries, size = ARGV[1] .. 'journal', ARGV[1] .. 'journal:bytes'
redis.call('INCR', ARGV[1] .. 'journal:last')
local count, bytes = redis.call('RPUSH', entries, ARGV[2]), redis.call('INCRBY', size, #ARGV[2])
while count > tonumber(ARGV[3]) or bytes > tonumber(ARGV[4]) do
  bytes = redis.call('DECRBY', size, #redis.call('LPOP', entries))
  count = count - 1
end
return 0
"""

NOTED = """
local last = tonumber(redis.call('GET', ARGV[1] .. 'journal:last') or '0')
local entries = redis.call('LRANGE', ARGV[1] .. 'journal', 0, -1)
return {last - #entries + 1, entries}
"""

TELL = """
local version = redis.call('INCR', 'mockapi:version')
redis.call('ZADD', 'mockapi:told', version, ARGV[1])
redis.call('HSET', 'mockapi:told:values', ARGV[1], ARGV[2])
return version
"""

TOLD = """
local names, values = redis.call('ZRANGEBYSCORE', 'mockapi:told', '(' .. ARGV[1], '+inf'), {}
for n, name in ipairs(names) do values[n] = redis.call('HGET', 'mockapi:told:values', name) end
return {tonumber(redis.call('GET', 'mockapi:version') or '0'), names, values}
"""
