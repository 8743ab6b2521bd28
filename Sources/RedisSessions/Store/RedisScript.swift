#if Redis
    /// A program that a server runs as one step.
    ///
    /// Each has one key, so a cluster knows where to run it, and answers with what the server has
    /// against a command instead of failing half way.
    struct RedisScript: Sendable {
        /// The program, in Lua.
        let source: String

        /// The SHA-1 digest of the source, by which a server knows a script that it has seen.
        let digest: String

        /// Whether running it twice is as good as once.
        let isRepeatable: Bool
    }

    extension RedisScript {
        /// Every script.
        static let all = [read, write, replace, keep, remove, take, queue, leave]

        /// Returns the digest and the bytes of a value, and in how many milliseconds it is removed,
        /// or a negative number when it is not; how long it is when that is more than a
        /// session may be; nil when there is none.
        static let read = RedisScript(
            source: """
                local size = redis.pcall('STRLEN', KEYS[1])
                if type(size) == 'table' then return size end
                if size > tonumber(ARGV[1]) then return size end
                local value = redis.call('GET', KEYS[1])
                if not value then return false end
                return {redis.sha1hex(value), value, redis.call('PTTL', KEYS[1])}

                """,
            digest: "b7a9b15d4b00c55e0f3b3a17d0f8bfde05d76a99",
            isRepeatable: true
        )

        /// Puts a value in place of whatever is there, and returns its digest.
        static let write = RedisScript(
            source: """
                local done
                if ARGV[2] == '0' then
                  done = redis.pcall('SET', KEYS[1], ARGV[1])
                else
                  done = redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
                end
                if done.err then return done end
                return redis.sha1hex(ARGV[1])

                """,
            digest: "27a7bc7d116f36d881ca3f6761b6452bd3e8f07c",
            isRepeatable: false
        )

        /// Puts a value in place of the one with a digest, or of none when that is empty, and
        /// returns the new digest; nil when there is another.
        static let replace = RedisScript(
            source: """
                local value = redis.pcall('GET', KEYS[1])
                if type(value) == 'table' then return value end
                local digest = ''
                if value then digest = string.sub(redis.sha1hex(value), 1, 32) end
                if digest ~= ARGV[1] then return false end
                local done
                if ARGV[3] == '0' then
                  done = redis.pcall('SET', KEYS[1], ARGV[2])
                else
                  done = redis.pcall('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
                end
                if done.err then return done end
                return redis.sha1hex(ARGV[2])

                """,
            digest: "4869f40efd7e80531fd85ef07cb4217d1668b904",
            isRepeatable: false
        )

        /// Lets a value with a digest live for so many milliseconds, or for ever when that is 0,
        /// and says whether it does now.
        static let keep = RedisScript(
            source: """
                local value = redis.pcall('GET', KEYS[1])
                if type(value) == 'table' then return value end
                if not value or string.sub(redis.sha1hex(value), 1, 32) ~= ARGV[1] then return 0 end
                if ARGV[2] == '0' then return redis.pcall('PERSIST', KEYS[1]) end
                return redis.pcall('PEXPIRE', KEYS[1], ARGV[2])

                """,
            digest: "dbc27a772441090be0652f4b816a394dcee8d4e4",
            isRepeatable: true
        )

        /// Removes the value with a digest, and says whether it was there.
        static let remove = RedisScript(
            source: """
                local value = redis.pcall('GET', KEYS[1])
                if type(value) == 'table' then return value end
                if not value or string.sub(redis.sha1hex(value), 1, 32) ~= ARGV[1] then return 0 end
                return redis.pcall('DEL', KEYS[1])

                """,
            digest: "4a29018f3574956f3d15d96e9e206786b92c4066",
            isRepeatable: false
        )

        /// Removes a value, and returns it, or how long it was when that was too much; nil when
        /// there was none.
        static let take = RedisScript(
            source: """
                local size = redis.pcall('STRLEN', KEYS[1])
                if type(size) == 'table' then return size end
                local value = size
                if size <= tonumber(ARGV[1]) then value = redis.call('GET', KEYS[1]) end
                local done = redis.pcall('DEL', KEYS[1])
                if type(done) == 'table' then return done end
                return value

                """,
            digest: "21a1ddfc2e91eddda1d4bc0c62d7a73ec7c903c0",
            isRepeatable: false
        )

        /// Joins the line of those who want a lease, or stays in it, and returns the ticket, how
        /// many are ahead, and how many milliseconds the one at the head has left; nil when the
        /// ticket that one had is gone.
        ///
        /// The line is a hash: who waits, each with a ticket and the time by which it must have
        /// come again.
        static let queue = RedisScript(
            source: """
                local time = redis.call('TIME')
                local now = time[1] * 1000 + math.floor(time[2] / 1000)
                local line = redis.pcall('HGETALL', KEYS[1])
                if line.err then return line end
                local mine, last, head, limit = nil, 0, nil, 0
                local tickets = {}
                for i = 1, #line, 2 do
                  local ticket, deadline = string.match(line[i + 1], '^(%d+) (%d+)$')
                  ticket, deadline = tonumber(ticket), tonumber(deadline)
                  if deadline < now and line[i] ~= ARGV[1] then
                    redis.call('HDEL', KEYS[1], line[i])
                  else
                    if line[i] == ARGV[1] then mine = ticket end
                    if ticket > last then last = ticket end
                    if not head or ticket < head then head, limit = ticket, deadline end
                    tickets[#tickets + 1] = ticket
                  end
                end
                if ARGV[3] ~= '' and (not mine or string.format('%.0f', mine) ~= ARGV[3]) then
                  return false
                end
                if not mine then mine = math.max(last + 1, time[1] * 1000000 + time[2]) end
                local ahead = 0
                for i = 1, #tickets do
                  if tickets[i] < mine then ahead = ahead + 1 end
                end
                local place = string.format('%.0f %.0f', mine, now + ARGV[2])
                local done = redis.pcall('HSET', KEYS[1], ARGV[1], place)
                if type(done) == 'table' then return done end
                if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then
                  redis.call('PEXPIRE', KEYS[1], ARGV[2])
                end
                return {string.format('%.0f', mine), ahead, math.max(limit - now, 0)}

                """,
            digest: "5835f8e21be745330fb86c615486c3066417e4a2",
            isRepeatable: true
        )

        /// Leaves the line of those who want a lease.
        static let leave = RedisScript(
            source: """
                return redis.pcall('HDEL', KEYS[1], ARGV[1])

                """,
            digest: "8427499d73ba0574a9ede81b29a72f43ea86e79b",
            isRepeatable: true
        )
    }
#endif
