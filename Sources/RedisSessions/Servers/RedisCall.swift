#if Redis
    /// Something to ask whichever server has a key.
    struct RedisCall: Sendable {
        /// The key, which decides on the server.
        let key: [UInt8]
        let command: RedisCommand

        /// The same as `command` for a server that doesn't know the script yet.
        var spelledOut: RedisCommand?

        /// Whether asking twice is as good as once, so that a lost answer may be asked for again.
        let isRepeatable: Bool

        init(_ script: RedisScript, key: [UInt8], _ arguments: [[UInt8]]) {
            self.key = key
            let rest = [Array("1".utf8), key] + arguments
            command = RedisCommand(
                arguments: [Array("EVALSHA".utf8), Array(script.digest.utf8)] + rest)
            spelledOut = RedisCommand(
                arguments: [Array("EVAL".utf8), Array(script.source.utf8)] + rest)
            isRepeatable = script.isRepeatable
        }
    }
#endif
