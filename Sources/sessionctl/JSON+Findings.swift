#if Tools
    import LogEngine
    import SessionCore

    extension JSON {
        /// The end that a crash left unfinished; null when there is none.
        init(tornTail: RecoveryReport.TornTail?) {
            guard let tornTail else {
                self = .null
                return
            }
            self = [
                "file": .string(tornTail.file),
                "byteOffset": JSON(tornTail.byteOffset),
                "bytes": JSON(tornTail.byteCount),
            ]
        }

        /// Bytes that are not what was written.
        init(damage: LogDamage) {
            self = [
                "file": .string(damage.file),
                "byteOffset": JSON(damage.byteOffset),
                "bytes": damage.byteCount.map { JSON($0) } ?? .null,
                "id": damage.key.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
                "detail": .string(damage.detail),
            ]
        }

        /// A file and its length.
        init(file: LogInspection.File) {
            self = ["file": .string(file.name), "bytes": JSON(file.byteCount)]
        }
    }
#endif
