#if Redis
    // What a server is told first.
    extension RedisConnection {
        /// Logs in, chooses the protocol and the database, and checks what sort of server it is.
        ///
        /// - Throws: `refused` naming the setting when the server will not have it so; else as
        ///   `send`.
        func introduce(_ setup: RedisSetup) async throws(RedisError) {
            if setup.protocolVersion == .resp2 {
                try await authenticate(setup)
            } else {
                try await greet(setup)
            }
            // Also what a server without a password is asked first, so that one which accepts and
            // never says anything is found out now.
            let choice = setup.db > 0 ? RedisCommand("SELECT", "\(setup.db)") : RedisCommand("PING")
            let replies = try await send(
                setup.needsPrimary ? [choice, RedisCommand("ROLE")] : [choice])
            try check(replies[0], RedisSetting.db, setup)
            guard setup.needsPrimary, replies[1].list?.first?.string != "master" else { return }
            throw .unreachable(place: "\(address)", cause: "this server is no primary")
        }

        private func greet(_ setup: RedisSetup) async throws(RedisError) {
            var words = ["HELLO", "3"]
            if let password = setup.password {
                words += ["AUTH", setup.user ?? "default", password]
            }
            let reply = try await ask(RedisCommand(arguments: words.map { Array($0.utf8) }))
            guard case .failure(let failure) = reply else { return }
            let isOld = failure.code == "NOPROTO" || failure.code == "ERR"
            guard isOld, setup.protocolVersion == .automatic else {
                return try check(reply, setup.passwordSetting, setup)
            }
            try await authenticate(setup)
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
