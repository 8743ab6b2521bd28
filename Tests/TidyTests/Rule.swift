import Testing

/// Something that a reader of the sources may rely on.
struct Rule: CustomTestStringConvertible, Sendable {
    var name: String
    /// Returns the numbers of the lines, from 1, that break it.
    var brokenLines: @Sendable (SourceFile) -> [Int]

    var testDescription: String { name }

    init(_ name: String, _ brokenLines: @escaping @Sendable (SourceFile) -> [Int]) {
        self.name = name
        self.brokenLines = brokenLines
    }

    static let all = [
        fileLength, lineWidth, noForce, noPrinting, noTasks, noFoundation, noMarks, guardedSendable,
        unsafeFiles, noMachinePaths,
    ]

    // MARK: Shape

    static let fileLength = Rule("a file has one subject, and 500 lines at most; tests 700") {
        file in
        guard file.isSwift else { return [] }
        let limit = file.path.hasPrefix("Tests/") ? 700 : 500
        return file.lines.count > limit ? [file.lines.count] : []
    }

    /// Text that people are shown is exempt: a line break in it would be one for them, too.
    static let lineWidth = Rule("a line has 100 columns at most") { file in
        guard file.isSwift else { return [] }
        var isInText = false
        return file.lines.numbers { line in
            let wasInText = isInText
            let delimiter = "\"\"\""
            if line.hasSuffix(delimiter) || line.drop(while: \.isWhitespace).hasPrefix(delimiter) {
                isInText.toggle()
            }
            return line.count > 100 && !wasInText && !line.contains("\"")
        }
    }

    // MARK: Promises

    static let noForce = Rule("what ships never ends the process in passing") { file in
        guard file.isSource, file.isSwift else { return [] }
        return file.code.numbers { line in
            line.contains(/\bfatalError\b/) || line.contains(/\btry!/)
        }
    }

    static let tools: Set = ["session-bot", "sessionctl"]

    static let noPrinting = Rule("only the tools print") { file in
        guard file.isSource, file.isSwift, !tools.contains(file.module) else { return [] }
        return file.code.numbers { $0.contains(/\b(debugPrint|print|dump)\(/) }
    }

    static let floorsBelowDrivers: Set = ["SegmentFormat", "DiskIO", "LogEngine"]

    static let noTasks = Rule("the floors below the drivers start no task") { file in
        guard file.isSource, floorsBelowDrivers.contains(file.module) else { return [] }
        return file.code.numbers { $0.contains(/\bTask(<.*>)?(\.detached|\.immediate)?\s*[{(]/) }
    }

    static let noFoundation = Rule("the floors below the drivers do without Foundation") { file in
        guard file.isSource,
            floorsBelowDrivers.contains(file.module) || file.module == "SessionCore"
        else { return [] }
        let isCore = file.module == "SessionCore"
        return file.code.numbers { line in
            guard let match = line.firstMatch(of: /\bimport\s+(\w+\s+)?(Foundation\w*)/) else {
                return false
            }
            return !(isCore && match.2 == "FoundationEssentials")
        }
    }

    static let noMarks = Rule("work that is not done is not in the sources") { file in
        file.lines.numbers { $0.contains(/\b([T]ODO|[F]IXME|[X]XX)\b/) }
    }

    // MARK: Memory and threads

    static let guardedSendable = Rule("an unchecked promise says what guards it") { file in
        guard file.isSwift else { return [] }
        let promise = /@unchecked\s+Sendable|\bnonisolated\(unsafe\)/
        return file.code.numbers { $0.contains(promise) }.filter { number in
            let before = file.lines[..<(number - 1)].reversed().prefix { line in
                line.contains(/^\s*(\/\/|@)/)
            }
            return !before.contains { $0.contains(/^\s*\/\/.*([Gg]uard|[Ll]ock|Mutex)/) }
        }
    }

    /// Each with its reason; one a module, where it can be.
    static let unsafeFilesAndWhy = [
        "Sources/Locks/Mutex.swift": "takes the system's lock under the thread sanitizer",
        "Sources/SegmentFormat/Bytes.swift": "loads integers from arrays, bounds checked first",
        "Sources/DiskIO/Descriptor.swift": "hands buffers to system calls",
        "Sources/DiskIO/FileMapping.swift": "owns a file's bytes in memory",
        "Sources/LogEngine/Compression/LZ4Block.swift": "lends arrays to liblz4",
        "Sources/LogEngine/Compression/Zstandard.swift": "owns the objects of libzstd",
        "Sources/LogEngine/DiskFile+Arrays.swift": "lends an array's bytes to the disk",
        "Sources/LogEngine/LogThread.swift": "hands a closure to a POSIX thread",
        "Sources/LogEngine/WriteQueue.swift": "resumes each waiting writer exactly once",
        "Sources/MongoSessions/Connection/MongoClients.swift": "lends bytes to libmongoc",
        "Sources/SessionCore/Session/SessionClock.swift": "asks the system for the time",
        "Sources/session-bot/StandardInput.swift": "reads into an array",
    ]

    static let unsafeFiles = Rule("only listed files say unsafe, and they do") { file in
        guard file.isSource, file.isSwift else { return [] }
        let lines = file.code.numbers { $0.contains(/\bunsafe\b/) }
        guard unsafeFilesAndWhy[file.path] != nil else { return lines }
        return lines.isEmpty ? [1] : []
    }

    // MARK: Where it was written

    static let noMachinePaths = Rule("no file knows the machine it was written on") { file in
        guard file.isSource || !file.path.contains("/") else { return [] }
        return file.lines.numbers { $0.contains(/(^|[^\w.])\/(work|tmp|home|root|Users)\//) }
    }
}

extension [String] {
    /// The numbers, from 1, of the lines for which `isBroken` holds.
    func numbers(_ isBroken: (String) -> Bool) -> [Int] {
        indices.filter { isBroken(self[$0]) }.map { $0 + 1 }
    }
}
