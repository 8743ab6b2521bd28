#if Configuration
    import Configuration
    import SessionCore

    /// The settings below one key, each read as what it has to be.
    ///
    /// A value of another type is an error and never taken for a missing one, which is why all of
    /// this is asynchronous: the reader's other methods can't tell the two apart.
    struct Settings: Sendable {
        /// What a setting can be read as.
        enum Kind: CaseIterable {
            case text, wholeNumber, number, flag, list

            var name: String {
                switch self {
                case .text: "text"
                case .wholeNumber: "a whole number"
                case .number: "a number"
                case .flag: "true or false"
                case .list: "a list"
                }
            }
        }

        enum Value: Equatable {
            case text(String)
            case wholeNumber(Int)
            case number(Double)
            case flag(Bool)
            case list([String])
        }

        let reader: ConfigReader

        /// The key that all others are below of.
        let path: String

        let sources: [SettingsSource]

        // MARK: One setting

        /// Returns a text, or nil when it is not set; a secret one is kept out of access logs.
        func text(
            _ name: String,
            isSecret: Bool = false
        ) async throws(SessionStoreError) -> String? {
            guard case .text(let text) = try await value(name, as: [.text], isSecret: isSecret)
            else { return nil }
            return text
        }

        /// Returns a whole number in `range`, or nil when it is not set.
        func wholeNumber(
            _ name: String,
            in range: ClosedRange<Int>
        ) async throws(SessionStoreError) -> Int? {
            guard case .wholeNumber(let number) = try await value(name, as: [.wholeNumber]) else {
                return nil
            }
            guard range.contains(number) else {
                let limits =
                    range.upperBound == .max
                    ? "less than \(range.lowerBound)"
                    : "not from \(range.lowerBound) to \(range.upperBound)"
                throw wrong(name, "\(number) is \(limits)")
            }
            return number
        }

        /// Returns `true` or `false`, or nil when it is not set.
        func flag(_ name: String) async throws(SessionStoreError) -> Bool? {
            guard case .flag(let flag) = try await value(name, as: [.flag]) else { return nil }
            return flag
        }

        /// Returns what one of a few words stands for, or nil when it is not set.
        func choice<Choice>(
            _ name: String,
            of choices: KeyValuePairs<String, Choice>
        ) async throws(SessionStoreError) -> Choice? {
            guard let word = try await text(name) else { return nil }
            if let choice = choices.first(where: { $0.key == word }) { return choice.value }
            let all = choices.map { "'\($0.key)'" }.joined(separator: ", ")
            throw wrong(name, "\(Spelling.shown(word) ?? "it") is none of \(all)")
        }

        /// Returns minutes as a lifetime; not set is never.
        func expiry(_ name: String) async throws(SessionStoreError) -> Expiry {
            let minutes: Double?
            switch try await value(name, as: [.number, .wholeNumber]) {
            case .number(let number): minutes = number
            case .wholeNumber(let number): minutes = Double(number)
            default: minutes = nil
            }
            do throws(SessionStoreError) {
                return try Expiry(minutes: minutes)
            } catch {
                throw wrong(name, error.fault.cause)
            }
        }

        // MARK: Any setting

        /// Returns a value of the first of `kinds` that it has, or nil when it is not set.
        ///
        /// - Throws: `misconfigured` when it has another type, and `unavailable` when no source
        ///   could give it; neither says what it is.
        func value(
            _ name: String,
            as kinds: [Kind],
            isSecret: Bool = false
        ) async throws(SessionStoreError) -> Value? {
            for kind in kinds {
                switch await fetch(name, kind, isSecret) {
                case .found(let value): return value
                case .absent: return nil
                case .failed: continue
                }
            }
            for kind in Kind.allCases where !kinds.contains(kind) {
                guard case .failed = await fetch(name, kind, isSecret) else {
                    let wanted = kinds.map(\.name).joined(separator: " or ")
                    throw wrong(name, "its type is wrong; it has to be \(wanted)")
                }
            }
            let cause = "what this setting is read from gave an error instead"
            throw .unavailable(Fault(.configure, setting: "\(path).\(name)", cause: cause))
        }

        /// Returns the error for a value that can't be used; `cause` must not quote a secret.
        func wrong(_ name: String, _ cause: String) -> SessionStoreError {
            let key = "\(path).\(name)"
            let place = sources.first { $0.has(key) }?.place(of: key)
            return .misconfigured(Fault(.configure, place: place, setting: key, cause: cause))
        }

        private enum Answer {
            case found(Value)
            case absent
            case failed
        }

        private func fetch(_ name: String, _ kind: Kind, _ isSecret: Bool) async -> Answer {
            do {
                let value = try await fetchValue(name, kind, isSecret)
                return value.map(Answer.found) ?? .absent
            } catch {
                // Providers may quote the value in their errors, and only the attempts together
                // say what is wrong: so nothing of this one is kept.
                return .failed
            }
        }

        private func fetchValue(
            _ name: String,
            _ kind: Kind,
            _ isSecret: Bool
        ) async throws -> Value? {
            let key = ConfigKey(path.split(separator: ".").map(String.init) + [name])
            switch kind {
            case .text:
                return try await reader.fetchString(forKey: key, isSecret: isSecret)
                    .map(Value.text)
            case .wholeNumber:
                return try await reader.fetchInt(forKey: key, isSecret: isSecret)
                    .map(Value.wholeNumber)
            case .number:
                return try await reader.fetchDouble(forKey: key, isSecret: isSecret)
                    .map(Value.number)
            case .flag:
                return try await reader.fetchBool(forKey: key, isSecret: isSecret)
                    .map(Value.flag)
            case .list:
                return try await reader.fetchStringArray(forKey: key, isSecret: isSecret)
                    .map(Value.list)
            }
        }
    }
#endif
