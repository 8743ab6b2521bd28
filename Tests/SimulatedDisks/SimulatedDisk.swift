package import DiskIO
import Locks

/// A whole disk in memory that counts every call, and can cut the power, fail and lie at any of
/// them.
///
/// The same seed and the same calls give the same disk. Paths are absolute or relative to the root,
/// which is there from the start; other directories are made by `openDirectory(_:creating:)`.
/// Reading a clock and drawing random bits are no operations. Safe to use from any thread.
package final class SimulatedDisk: Disk, Sendable {
    /// Printed by failing tests, so that the run can be repeated.
    package let seed: UInt64

    private let machine: Mutex<Machine>

    package init(seed: UInt64 = 1, recordsOperations: Bool = true) {
        self.seed = seed
        var machine = Machine(seed: seed)
        machine.recordsOperations = recordsOperations
        self.machine = Mutex(machine)
    }

    private init(_ machine: Machine, seed: UInt64) {
        self.seed = seed
        self.machine = Mutex(machine)
    }

    // MARK: Disk

    package func openDirectory(
        _ path: String,
        creating isCreating: Bool
    ) throws(DiskError) -> any DiskDirectory {
        let isMissing = with { $0.volume.entry(at: path) == nil }
        let operation = DiskOperation(
            .openDirectory, path, isChanging: isCreating && isMissing)
        let id = try perform(operation) { (machine, verdict) throws(DiskError) -> Int in
            let id = try machine.directory(at: path, operation)
            // Cut here, the parent has not been synced yet.
            if isCreating, case .proceed = verdict { machine.volume.syncParent(of: path) }
            try machine.openHandle(for: operation)
            return id
        }
        return SimulatedDirectory(id: id, path: path, disk: self)
    }

    package func wallClockMilliseconds() -> Int64 {
        with { machine in
            machine.advance(milliseconds: machine.autoAdvance)
            return machine.wallClock
        }
    }

    package func monotonicNanoseconds() -> UInt64 {
        with { machine in
            machine.advance(milliseconds: machine.autoAdvance)
            return machine.monotonic
        }
    }

    package func randomBits() -> UInt64 {
        with { $0.random.next() }
    }

    // MARK: Operations

    /// How many operations there have been.
    package var operationCount: Int { with { $0.operationCount } }

    /// Every operation so far, the n-th at index n - 1; empty when the disk does not record them.
    package var operations: [DiskOperation] { with { $0.operations } }

    /// Calls `hook` with the number of every operation before it happens, on the thread that asked
    /// for it; the hook may block, and may use this disk.
    package func onOperation(_ hook: (@Sendable (Int, DiskOperation) -> Void)?) {
        // The old hook goes outside the lock: it may hold the last reference to a file of this
        // disk.
        let old = with { machine in
            let old = machine.onOperation
            machine.onOperation = hook
            return old
        }
        _ = old
    }

    /// Numbers an operation and does it, with the verdict on it in hand.
    func perform<Result: Sendable>(
        _ operation: DiskOperation,
        _ body: (inout Machine, Machine.Verdict) throws(DiskError) -> Result
    ) throws(DiskError) -> Result {
        let (number, hook) = try machine.withLock { (machine) throws(DiskError) in
            (try machine.number(operation), machine.onOperation)
        }
        hook?(number, operation)
        return try machine.withLock { (machine) throws(DiskError) -> Result in
            let openFileCount = machine.openFileCount
            let verdict = try machine.verdict(on: operation, number: number)
            guard case .powerCut = verdict else { return try body(&machine, verdict) }
            // The effect stays and the answer is never seen, not even an error.
            _ = try? body(&machine, verdict)
            machine.openFileCount = openFileCount
            throw Machine.powerCut(operation)
        }
    }

    func with<Result: Sendable>(_ body: (inout Machine) -> Result) -> Result {
        machine.withLock { body(&$0) }
    }

    // MARK: Power

    /// Cuts the power at the n-th operation from the disk's beginning: it takes effect without
    /// being synced, and it and everything after it throws, with the detail "power cut".
    package func cutPower(atOperation number: Int) {
        with { $0.cutNumber = number }
    }

    /// Cuts the power now.
    package func cutPower() {
        with { $0.isCut = true }
    }

    /// Whether the power has been cut.
    package var isPowerCut: Bool { with { $0.isCut } }

    /// Returns the disk a machine would find after losing power at this moment.
    ///
    /// This disk stays as it is. No locks, handles, faults or cuts carry over; clocks and limits
    /// do.
    package func afterPowerCut(_ pattern: SurvivalPattern, seed: UInt64 = 1) -> SimulatedDisk {
        with { machine in
            var survival = Survival(of: machine.volume, seed: seed)
            let volume = survival.volume(after: pattern)
            return SimulatedDisk(machine.restarted(with: volume, seed: seed), seed: seed)
        }
    }

    /// Returns a copy with the same names and contents, durable and not, as if the process had been
    /// killed: no locks, handles, faults or cuts carry over.
    package func clone() -> SimulatedDisk {
        with { machine in
            var volume = machine.volume
            for id in volume.files.keys { volume.files[id]?.handleCount = 0 }
            volume.collectGarbage()
            return SimulatedDisk(machine.restarted(with: volume, seed: nil), seed: seed)
        }
    }

    // MARK: Faults

    /// Lets the n-th operation go wrong, or with `lasting` every one from the n-th on.
    ///
    /// Operations the fault cannot befall go on as usual: see `faultWasMet`.
    package func failOperation(_ number: Int, with fault: Fault, lasting isLasting: Bool = false) {
        arm(fault, isLasting, match: 1) { candidate, _ in
            isLasting ? candidate >= number : candidate == number
        }
    }

    /// Lets the n-th of the operations go wrong that the fault can befall and that are of `kind`
    /// and of a name that begins with `namePrefix`; with `lasting` all such from it on.
    ///
    /// Matches are counted from this call on, beginning with 1.
    package func failOperation(
        kind: DiskError.Operation? = nil,
        namePrefix: String = "",
        match: Int = 1,
        with fault: Fault,
        lasting isLasting: Bool = false
    ) {
        arm(fault, isLasting, match: match) { _, operation in
            (kind == nil || operation.kind == kind) && operation.name.hasPrefix(namePrefix)
        }
    }

    /// Lets the n-th of the operations go wrong that the fault can befall and `predicate` holds
    /// for; with `lasting` all such from it on.
    package func failOperation(
        match: Int = 1,
        with fault: Fault,
        lasting isLasting: Bool = false,
        where predicate: @escaping @Sendable (Int, DiskOperation) -> Bool
    ) {
        arm(fault, isLasting, match: match, predicate)
    }

    /// How many operations went wrong by a fault.
    package var metFaultCount: Int { with { $0.metFaultCount } }

    /// Whether any operation went wrong by a fault; a sweep counts only the numbers where it did.
    package var faultWasMet: Bool { metFaultCount > 0 }

    /// Disarms all faults; what they did stays.
    package func clearFaults() {
        let old = with { machine in
            let old = machine.faults
            machine.faults = []
            machine.metFaultCount = 0
            return old
        }
        _ = old
    }

    private func arm(
        _ fault: Fault,
        _ isLasting: Bool,
        match: Int,
        _ matches: @escaping @Sendable (Int, DiskOperation) -> Bool
    ) {
        let armed = ArmedFault(
            fault: fault, isLasting: isLasting, matchesLeft: match, matches: matches)
        with { $0.faults.append(armed) }
    }

    // MARK: Limits

    /// How many bytes all files together may have; `nil`, the default, is no limit.
    ///
    /// Writes past it take what fits, then nothing; making it larger brings the space back.
    package var capacity: Int? {
        get { with { $0.capacity } }
        set { with { $0.capacity = newValue } }
    }

    /// How many bytes all files together have, unnamed open ones included.
    package var usedByteCount: Int { with { $0.volume.usedByteCount } }

    /// How many directories, files and locks may be open at once; `nil`, the default, is no limit.
    package var openFileCountMax: Int? {
        get { with { $0.openFileCountMax } }
        set { with { $0.openFileCountMax = newValue } }
    }

    /// How many directories, files and locks are open.
    package var openFileCount: Int { with { $0.openFileCount } }

    /// Whether files can be locked; on some network file systems they cannot.
    package var areLocksSupported: Bool {
        get { with { $0.areLocksSupported } }
        set { with { $0.areLocksSupported = newValue } }
    }

    // MARK: Time

    /// Sets the wall clock, forwards or backwards.
    package func setWallClock(milliseconds: Int64) {
        with { $0.wallClock = milliseconds }
    }

    /// Moves both clocks forward.
    package func advance(milliseconds: Int64) {
        precondition(milliseconds >= 0)
        with { $0.advance(milliseconds: milliseconds) }
    }

    /// Sets the wall clock so much forward, or back; the other clock does not notice.
    package func stepWallClock(milliseconds: Int64) {
        with { $0.wallClock += milliseconds }
    }

    /// By how much every reading of a clock moves both clocks first; 0 by default.
    package var autoAdvanceMilliseconds: Int64 {
        get { with { $0.autoAdvance } }
        set { with { $0.autoAdvance = newValue } }
    }
}

extension Machine {
    fileprivate mutating func advance(milliseconds: Int64) {
        wallClock += milliseconds
        monotonic += UInt64(milliseconds) * 1_000_000
    }

    fileprivate mutating func directory(
        at path: String,
        _ operation: DiskOperation
    ) throws(DiskError) -> Int {
        switch volume.entry(at: path) {
        case .directory(let id):
            return id
        case .file, .symbolicLink:
            throw DiskError(.notAFile, .openDirectory, path, detail: "not a directory")
        case nil:
            guard operation.isChanging, let (parent, name) = volume.parent(of: path) else {
                throw DiskError(.notFound, .openDirectory, path)
            }
            return volume.createDirectory(name, in: parent)
        }
    }
}
