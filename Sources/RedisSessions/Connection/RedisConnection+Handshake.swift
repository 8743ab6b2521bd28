#if Redis
    // What a server is told first.
    extension RedisConnection {
        /// Logs in, chooses the protocol and the database, and checks what sort of server it is.
        ///
        /// - Throws: `refused` naming the setting when the server will not have it so; else as
        ///   `send`.
        func introduce(_ setup: RedisSetup) async throws(RedisError) {
            var mode: String?
            if setup.protocolVersion == .resp2 {
                try await authenticate(setup)
            } else {
                mode = try await greet(setup)
            }
            if setup.isAlone { try await requireAll(mode, setup) }
            // Also what a server without a password is asked first, so that one which accepts and
            // never says anything is found out now. It may let us choose and be loading still.
            var commands = [RedisCommand("PING")]
            if setup.db > 0 { commands.append(RedisCommand("SELECT", "\(setup.db)")) }
            if setup.needsPrimary { commands.append(RedisCommand("ROLE")) }
            let replies = try await send(commands)
            if case .failure(let failure) = replies[0], Self.refusals.contains(failure.code) {
                // Whatever else it has against a greeting, it may have nothing against reads.
                try check(replies[0], setup.passwordSetting, setup)
            }
            if setup.db > 0 { try check(replies[1], RedisSetting.db, setup) }
            guard setup.needsPrimary, let role = replies.last else { return }
            if case .failure(let failure) = role {
                throw .failed(place: "\(address)", failure)
            }
            guard role.list?.first?.string != "master" else { return }
            throw .unreachable(place: "\(address)", cause: "this server is no primary")
        }

        /// What keeps a server from answering anything.
        private static let refusals: Set = [
            "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "WRONGPASS",
        ]

        /// Throws when the server has only some of the keys, of which a listing would not tell.
        private func requireAll(_ mode: String?, _ setup: RedisSetup) async throws(RedisError) {
            var mode = mode
            if mode == nil {
                // A user may not be allowed to ask; then the server is what it is said to be.
                let text = try await ask(RedisCommand("INFO", "server")).string ?? ""
                mode = Self.field("redis_mode", of: text)
            }
            switch mode {
            case "cluster":
                let cause = "this server is part of a cluster, and has to be set up as one"
                throw .refused(place: "\(address)", setting: RedisSetting.cluster, cause: cause)
            case "sentinel":
                let cause = "this is a sentinel, and has to be set up as one"
                throw .refused(place: "\(address)", setting: RedisSetting.sentinels, cause: cause)
            default: break
            }
        }

        /// Returns what sort of server says hello, if it says.
        private func greet(_ setup: RedisSetup) async throws(RedisError) -> String? {
            var words = ["HELLO", "3"]
            if let password = setup.password {
                words += ["AUTH", setup.user ?? "default", password]
            }
            let reply = try await ask(RedisCommand(arguments: words.map { Array($0.utf8) }))
            guard case .failure(let failure) = reply else {
                let fields = reply.list ?? []
                let place = fields.firstIndex { $0.string == "mode" }
                return place.flatMap {
                    fields.indices.contains($0 + 1) ? fields[$0 + 1].string : nil
                }
            }
            let isOld = failure.code == "NOPROTO" || failure.code == "ERR"
            guard isOld, setup.protocolVersion == .automatic else {
                try check(reply, setup.passwordSetting, setup)
                return nil
            }
            try await authenticate(setup)
            return nil
        }

        private func authenticate(_ setup: RedisSetup) async throws(RedisError) {
            guard let password = setup.password else { return }
            let words = ["AUTH"] + (setup.user.map { [$0] } ?? []) + [password]
            let reply = try await ask(RedisCommand(arguments: words.map { Array($0.utf8) }))
            try check(reply, setup.passwordSetting, setup)
        }

        func ask(_ command: RedisCommand) async throws(RedisError) -> RESPValue {
            try await send([command])[0]
        }

        /// Throws unless the server agreed.
        private func check(
            _ reply: RESPValue,
            _ setting: String,
            _ setup: RedisSetup
        ) throws(RedisError) {
            guard case .failure(let failure) = reply else { return }
            let place = "\(address)"
            switch failure.code {
            case "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN":
                throw .unreachable(place: place, cause: failure.summary)
            case "NOAUTH", "WRONGPASS":
                let cause =
                    setup.password == nil
                    ? "the server wants a password" : "the server knows no such user and password"
                throw .refused(place: place, setting: setup.passwordSetting, cause: cause)
            case "ERR" where failure.detail.hasPrefix("max number of clients"):
                throw .unreachable(place: place, cause: failure.summary)
            default: throw .refused(place: place, setting: setting, cause: failure.summary)
            }
        }
    }
#endif
