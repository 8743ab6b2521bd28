#if Mongo
    import SessionCore

    /// The ids that a filter can match, in the order in which the server has them: that of bytes.
    struct IDRange: Hashable {
        /// The first of them.
        var lowerBound = ""

        /// The first behind them, or nil when there is no such text.
        var upperBound: String?

        init(_ filter: SessionFilter) {
            if let platform = filter.platform { narrow(toPrefix: platform + ":") }
            if let prefix = filter.idPrefix { narrow(toPrefix: prefix) }
        }

        private mutating func narrow(toPrefix prefix: String) {
            if Self.isBefore(lowerBound, prefix) { lowerBound = prefix }
            guard let end = Self.end(ofPrefix: prefix) else { return }
            if upperBound.map({ Self.isBefore(end, $0) }) ?? true { upperBound = end }
        }

        private static func isBefore(_ left: String, _ right: String) -> Bool {
            left.utf8.lexicographicallyPrecedes(right.utf8)
        }

        /// Returns the first text behind all that begin with `prefix`.
        ///
        /// That is with the next scalar in place of its last; bytes of UTF-8 sort as scalars do.
        static func end(ofPrefix prefix: String) -> String? {
            var scalars = prefix.unicodeScalars
            while let last = scalars.popLast() {
                // Behind this one are the surrogates, which are no scalars.
                let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
                guard let scalar = Unicode.Scalar(next) else { continue }
                scalars.append(scalar)
                return String(scalars)
            }
            return nil
        }
    }
#endif
