#if Tools
    import Foundation

    /// Where sessions are copied from or to, as it is written on a command line.
    enum Place: Equatable {
        /// A store of the file driver, in this directory.
        case directory(String)

        /// A server, by its URL, which may have a password in it.
        case redis(String)
        case mongo(String)

        /// The `.sessions` directory of Bottender 1.x.
        case bottenderFiles(String)

        /// A file with a session a line; nil is standard input or output.
        case lines(String?)

        /// A store that forgets everything at the end.
        case memory

        static let kinds =
            "file:DIR, redis:, mongodb:, bottender-files:DIR, ndjson:FILE, memory:, -"

        init(_ text: String) throws {
            guard let place = Self.known(text) else {
                let shown = text.contains("//") ? "This" : "'\(escaped(text))'"
                throw Failure("\(shown) is no place; give one of \(Self.kinds).")
            }
            if case .directory("") = place { throw Failure("file: needs a directory behind it.") }
            if case .bottenderFiles("") = place {
                throw Failure("bottender-files: needs a directory behind it.")
            }
            self = place
        }

        /// A place, or a directory that has no more than its path.
        init(directoryOr text: String) throws {
            // A misspelt URL is no directory, and may have a password in it.
            let isPath = !text.isEmpty && !text.contains("://") && Self.known(text) == nil
            self = isPath ? .directory(text) : try Place(text)
        }

        /// A file of lines, which needs no word in front.
        init(file text: String) {
            self = text == "-" ? .lines(nil) : .lines(text)
        }

        private static func known(_ text: String) -> Place? {
            if text == "-" { return .lines(nil) }
            guard let colon = text.firstIndex(of: ":") else { return nil }
            let rest = String(text[text.index(after: colon)...])
            switch text[..<colon] {
            case "file": return path(rest).map(Place.directory)
            case "bottender-files": return path(rest).map(Place.bottenderFiles)
            case "ndjson" where rest.isEmpty || rest == "-": return .lines(nil)
            case "ndjson": return path(rest).map(Place.lines)
            case "memory" where rest.isEmpty: return .memory
            case "redis", "rediss": return .redis(text)
            case "mongodb", "mongodb+srv": return .mongo(text)
            default: return nil
            }
        }

        /// What a URL of a file says behind its scheme: `///a/b` is `/a/b`, and with two slashes it
        /// would be on another machine.
        private static func path(_ rest: String) -> String? {
            if rest.hasPrefix("///") { return String(rest.dropFirst(2)) }
            return rest.hasPrefix("//") ? nil : rest
        }

        // MARK: Which place it is

        /// The path of what is on this machine.
        private var path: String? {
            switch self {
            case .directory(let path), .bottenderFiles(let path): path
            case .lines(let path): path
            case .redis, .mongo, .memory: nil
            }
        }

        /// What a file of lines is called until it is whole.
        private var partialPath: String? {
            if case .lines(let path?) = self { path + ".partial" } else { nil }
        }

        /// Refuses to copy a place to itself, or a file of lines into a store's own directory.
        static func checkApart(_ source: Place, _ target: Place) throws {
            let isSame =
                source == target
                || target.partialPath != nil && inode(source.path) != nil
                    && inode(source.path) == inode(target.partialPath)
                || source.path != nil && inode(source.path) != nil
                    && inode(source.path) == inode(target.path)
            guard !isSame else {
                throw Failure("\(source) and \(target) are the same place. Nothing was copied.")
            }
            guard case .directory(let directory) = source, case .lines(let file?) = target else {
                return
            }
            let parent = URL(filePath: file).deletingLastPathComponent().path
            guard inode(directory) != inode(parent) else {
                throw Failure(
                    "\(target) would be among the files of \(source). Choose another directory."
                )
            }
        }

        private struct Inode: Equatable {
            let device: Int
            let number: Int
        }

        private static func inode(_ path: String?) -> Inode? {
            guard let path else { return nil }
            let resolved = URL(filePath: path).resolvingSymlinksInPath().path
            // What is not there is no other place either.
            let found = try? FileManager.default.attributesOfItem(atPath: resolved)
            guard let device = found?[.systemNumber] as? NSNumber,
                let number = found?[.systemFileNumber] as? NSNumber
            else { return nil }
            return Inode(device: device.intValue, number: number.intValue)
        }
    }

    extension Place: CustomStringConvertible {
        /// The place in one line, without a user or password that its URL may have.
        var description: String {
            switch self {
            case .directory(let path): "file:\(escaped(path))"
            case .bottenderFiles(let path): "bottender-files:\(escaped(path))"
            case .lines(let path?): "ndjson:\(escaped(path))"
            case .lines(nil): "-"
            case .memory: "memory:"
            case .redis(let url), .mongo(let url): Self.withoutSecrets(url)
            }
        }

        /// Scheme and hosts; only the scheme when it is not clear where a password ends.
        private static func withoutSecrets(_ url: String) -> String {
            let scheme = url.prefix { $0 != ":" }
            let rest = url.dropFirst(scheme.count + 1).drop { $0 == "/" }
            let authority = rest.prefix { !"/?#".contains($0) }
            let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            guard !rest.dropFirst(authority.count).contains("@"),
                hosts.wholeMatch(of: /[A-Za-z0-9.,:_\[\]-]*/) != nil
            else { return "\(scheme):" }
            return "\(scheme)://\(hosts)"
        }
    }
#endif
