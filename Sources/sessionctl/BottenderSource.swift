#if Tools
    import DiskIO
    import Foundation
    import LogEngine
    import SessionCore

    /// The directory in which Bottender 1.x kept sessions: one file each, by its id.
    struct BottenderSource: CopySource {
        let directory: String

        let isRepeatable = true

        func pass() throws -> any CopyPass {
            do throws(DiskError) {
                return Pass(try Folder(directory, below: ""), Place.bottenderFiles(directory))
            } catch {
                throw Failure("\(Place.bottenderFiles(directory)): can't be read: \(error)")
            }
        }

        /// Returns the id that a path below the directory stands for, or nil when it is none.
        ///
        /// Windows allows no colon in a name; there Bottender put `@` in place of the first.
        static func id(of path: String) -> SessionID? {
            var text = String(path.dropLast(suffix.count))
            if !text.contains(":"), let at = text.firstIndex(of: "@") {
                text.replaceSubrange(at...at, with: ":")
            }
            // Whatever is wrong with the text, it is no id.
            return try? SessionID(text)
        }

        fileprivate static let suffix = ".json"
    }

    /// A directory, and what of it is still to be read.
    private struct Folder {
        let directory: any DiskDirectory

        /// Its path below the first one, with a slash at the end; empty for the first.
        let prefix: String

        private var names: ArraySlice<String>

        init(_ path: String, below prefix: String) throws(DiskError) {
            directory = try PosixDisk().openDirectory(path, creating: false)
            names = try directory.names()[...]
            self.prefix = prefix
        }

        var count: Int { names.count }

        mutating func next() -> String? { names.popFirst() }
    }

    private struct Pass: CopyPass {
        /// How deep directories may nest: an id with slashes made them.
        static let depthMax = 64

        private let place: Place
        private var folders: [Folder]
        private var doneCount = 0
        private var allCount: Int
        private(set) var ignoredCount = 0

        init(_ folder: Folder, _ place: Place) {
            folders = [folder]
            allCount = folder.count
            self.place = place
        }

        var progress: (done: Int, all: Int, unit: String)? { (doneCount, allCount, "files") }

        mutating func next() async throws -> CopyItem? {
            while let folder = folders.last {
                guard let name = folders[folders.count - 1].next() else {
                    folders.removeLast()
                    continue
                }
                doneCount += 1
                if let item = item(named: name, in: folder) { return item }
            }
            return nil
        }

        /// Returns what a name stands for; nil for a directory, whose names are next, and for what
        /// is left alone.
        private mutating func item(named name: String, in folder: Folder) -> CopyItem? {
            let path = folder.prefix + name
            switch Self.type(of: name, in: folder.directory) {
            case .typeDirectory: return enter(path, in: folder)
            case .typeRegular where name.hasSuffix(BottenderSource.suffix):
                return session(name, at: path, in: folder.directory)
            case .typeSymbolicLink
            where name.hasSuffix(BottenderSource.suffix)
                || Self.isDirectory("\(folder.directory.path)/\(name)"):
                return unreadable(path, "it is a symbolic link, and not followed")
            case nil: return unreadable(path, "nobody may look what it is, or it is gone")
            default:
                ignoredCount += 1
                return nil
            }
        }

        private static func type(
            of name: String,
            in directory: any DiskDirectory
        ) -> FileAttributeType? {
            let path = "\(directory.path)/\(name)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes.map { $0[.type] as? FileAttributeType ?? .typeUnknown }
        }

        /// Whether a link leads to a directory, in which there may be sessions.
        private static func isDirectory(_ path: String) -> Bool {
            let end = URL(filePath: path).resolvingSymlinksInPath().path
            // One that leads nowhere has no sessions behind it.
            let attributes = try? FileManager.default.attributesOfItem(atPath: end)
            return attributes?[.type] as? FileAttributeType == .typeDirectory
        }

        private mutating func enter(_ path: String, in folder: Folder) -> CopyItem? {
            guard folders.count < Self.depthMax else {
                return unreadable(path, "directories nest deeper than \(Self.depthMax)")
            }
            do throws(DiskError) {
                let full = "\(folders[0].directory.path)/\(path)"
                let inner = try Folder(full, below: path + "/")
                // Between looking and opening it may have become a link that leads elsewhere.
                guard Self.inode(full) == inner.directory.identity.inode else {
                    return unreadable(path, "it was replaced meanwhile")
                }
                folders.append(inner)
                allCount += inner.count
                return nil
            } catch {
                return unreadable(path, "\(error)")
            }
        }

        private static func inode(_ path: String) -> UInt64? {
            // Of the link itself, if it is one; nil is no inode's number.
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value
        }

        private func session(
            _ name: String,
            at path: String,
            in directory: any DiskDirectory
        ) -> CopyItem {
            let bytes: [UInt8]
            do throws(DiskError) {
                let file = try directory.open(name, .reading)
                let byteCount = try file.byteCount()
                guard byteCount <= UInt64(Session.byteCountMax) else {
                    let limit = Session.byteCountMax
                    return unreadable(path, "\(byteCount) bytes are more than \(limit)")
                }
                bytes = try file.bytes(at: 0, count: Int(byteCount))
            } catch {
                return unreadable(path, "\(error)")
            }
            do throws(SessionDecodingError) {
                return .session(try Self.session(bytes, at: path), byteCount: bytes.count)
            } catch {
                return unreadable(path, "\(error)")
            }
        }

        private static func session(
            _ bytes: [UInt8],
            at path: String
        ) throws(SessionDecodingError) -> Session {
            do throws(SessionDecodingError) {
                return try Session(decoding: bytes)
            } catch {
                // Before 2017-10 documents had no id.
                guard error == .idMissing, let id = BottenderSource.id(of: path) else {
                    throw error
                }
                return try Session(decoding: bytes.span, under: id)
            }
        }

        private func unreadable(_ path: String, _ cause: String) -> CopyItem {
            .unreadable("\(place): \(escaped(path)): \(escaped(cause))")
        }
    }
#endif
