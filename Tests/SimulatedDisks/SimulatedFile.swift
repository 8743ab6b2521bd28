import DiskIO
import Locks

final class SimulatedFile: DiskFile {
    let name: String

    private let id: Int
    private let access: FileAccess
    private let disk: SimulatedDisk

    init(id: Int, name: String, access: FileAccess, disk: SimulatedDisk) {
        self.id = id
        self.name = name
        self.access = access
        self.disk = disk
    }

    deinit {
        disk.with { $0.closeHandle(on: id) }
    }

    func byteCount() throws(DiskError) -> UInt64 {
        let operation = DiskOperation(.byteCount, name, isChanging: false)
        return try disk.perform(operation) { (machine, _) throws(DiskError) in
            UInt64(machine.content(of: id).count)
        }
    }

    func readOnce(
        into bytes: inout MutableRawSpan,
        at byteOffset: UInt64
    ) throws(DiskError) -> Int {
        let operation = DiskOperation(
            .read, name, byteOffset: byteOffset, byteCount: bytes.byteCount, isChanging: false)
        let found = try disk.perform(operation) { (machine, verdict) throws(DiskError) in
            let content = machine.content(of: id)
            let start = Int(min(byteOffset, UInt64(content.count)))
            var count = min(operation.byteCount, content.count - start)
            if case .fault = verdict, count > 1 {
                count = 1 + machine.random.number(below: count - 1)
            }
            return content[start..<start + count]
        }
        bytes.withUnsafeMutableBytes { target in
            found.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        return found.count
    }

    func writeOnce(_ bytes: RawSpan, at byteOffset: UInt64) throws(DiskError) -> Int {
        try checkWritable(.write)
        let operation = DiskOperation(
            .write, name, byteOffset: byteOffset, byteCount: bytes.byteCount, isChanging: true)
        let copy = bytes.withUnsafeBytes { Array($0) }
        return try disk.perform(operation) { (machine, verdict) throws(DiskError) in
            try machine.write(copy, to: id, operation, verdict)
        }
    }

    func sync() throws(DiskError) {
        let operation = DiskOperation(.sync, name, isChanging: true)
        try disk.perform(operation) { (machine, verdict) throws(DiskError) in
            switch verdict {
            case .proceed:
                machine.volume.files[id]?.sync()
            case .powerCut:
                break
            case .fault(let fault):
                if case .syncFailure(let bytes) = fault {
                    machine.volume.files[id]?.failSync(thenReading: bytes)
                }
                throw fault.error(for: operation)
            }
        }
    }

    func truncate(to byteCount: UInt64) throws(DiskError) {
        try checkWritable(.truncate)
        let operation = DiskOperation(.truncate, name, byteOffset: byteCount, isChanging: true)
        try disk.perform(operation) { (machine, _) throws(DiskError) in
            guard byteCount <= UInt64(Machine.fileByteCountMax) else {
                throw DiskError(.diskFull, .truncate, name, detail: "simulated")
            }
            let growth = Int(byteCount) - machine.content(of: id).count
            if let room = machine.roomByteCount, growth > room {
                throw DiskError(.diskFull, .truncate, name, detail: "simulated")
            }
            machine.volume.change(id, .truncate(to: Int(byteCount)))
        }
    }

    func allocate(_ byteCount: Int, at byteOffset: UInt64) throws(DiskError) {
        try checkWritable(.allocate)
        let operation = DiskOperation(
            .allocate, name, byteOffset: byteOffset, byteCount: byteCount, isChanging: true)
        try disk.perform(operation) { (machine, _) throws(DiskError) in
            let present = machine.content(of: id).count
            let end = Int(clamping: byteOffset) + byteCount
            let limit = min(Machine.fileByteCountMax, present + (machine.roomByteCount ?? end))
            // A part of it stays, as on ext4.
            let reached = min(end, limit)
            if reached > present { machine.volume.change(id, .truncate(to: reached)) }
            guard reached == end || end <= present else {
                throw DiskError(.diskFull, .allocate, name, detail: "simulated")
            }
        }
    }

    private func checkWritable(_ operation: DiskError.Operation) throws(DiskError) {
        guard access == .reading else { return }
        throw DiskError(.accessDenied, operation, name, detail: "opened for reading")
    }
}

final class SimulatedLock: DiskLock {
    private let fileID: Int
    private let disk: SimulatedDisk
    private let isHeld = Mutex(true)

    init(fileID: Int, disk: SimulatedDisk) {
        self.fileID = fileID
        self.disk = disk
    }

    deinit {
        release()
    }

    func release() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        guard wasHeld else { return }
        disk.with { machine in
            machine.lockedFiles.remove(fileID)
            machine.closeHandle(on: fileID)
        }
    }
}

extension Machine {
    fileprivate func content(of fileID: Int) -> [UInt8] {
        volume.files[fileID]?.current ?? []
    }

    /// Writes as much as the verdict and the room on the disk allow.
    fileprivate mutating func write(
        _ bytes: [UInt8],
        to fileID: Int,
        _ operation: DiskOperation,
        _ verdict: Verdict
    ) throws(DiskError) -> Int {
        var count = try fitting(bytes.count, at: operation, in: fileID)
        if case .fault(let fault) = verdict {
            switch fault {
            case .shortTransfer:
                count = min(count, 1 + random.number(below: bytes.count - 1))
            case .lostWrite:
                let end = Int(operation.byteOffset) + count
                if end > content(of: fileID).count { volume.change(fileID, .truncate(to: end)) }
                return count
            case .diskFull:
                count = random.number(below: max(1, count))
                guard count > 0 else { throw fault.error(for: operation) }
                refuseNextWrite(to: operation.name)
            default:
                let part = Array(bytes.prefix(random.number(below: count + 1)))
                volume.change(fileID, .write(part, at: Int(operation.byteOffset)))
                throw fault.error(for: operation)
            }
        }
        let part = count == bytes.count ? bytes : Array(bytes.prefix(count))
        volume.change(fileID, .write(part, at: Int(operation.byteOffset)))
        return count
    }

    /// Returns how many of `count` bytes have room; overwriting in place needs none.
    private func fitting(
        _ count: Int,
        at operation: DiskOperation,
        in fileID: Int
    ) throws(DiskError) -> Int {
        guard operation.byteOffset <= UInt64(Machine.fileByteCountMax - count) else {
            throw Fault.diskFull.error(for: operation)
        }
        guard let room = roomByteCount else { return count }
        let end = content(of: fileID).count + room
        let fitting = min(count, max(0, end - Int(operation.byteOffset)))
        guard fitting > 0 || count == 0 else {
            throw Fault.diskFull.error(for: operation)
        }
        return fitting
    }

    /// A disk that took a part refuses the rest.
    private mutating func refuseNextWrite(to name: String) {
        let next = ArmedFault(
            fault: .refusedWrite, isLasting: false, matchesLeft: 1,
            matches: { _, operation in operation.name == name })
        faults.insert(next, at: 0)
    }
}
