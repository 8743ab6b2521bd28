/// What a power cut leaves of the changes that no sync had covered.
///
/// What was synced is always there: a file's content and length through the file's sync, names
/// through the directory's. Between files, and between names and contents, there is no order
/// otherwise.
package enum SurvivalPattern: String, CaseIterable, Hashable, Sendable {
    /// Nothing unsynced is there.
    case nothing

    /// Everything is there, as if the process had only been killed.
    case everything

    /// Contents are there; names are as of the last directory sync.
    case dataWithoutEntries

    /// Names are there; contents are as of the last file sync, empty for new files.
    case entriesWithoutData

    /// Each change of content or names is there or not, one by one.
    case independentChanges

    /// All changes of the whole disk up to some moment are there; the write of that moment may be
    /// there up to some byte.
    case prefix

    /// As `prefix`, but every file and directory stopped at a moment of its own.
    case prefixOfEach

    /// Names are there, and of all contents only the newest change: newer before older.
    case newestOnly

    /// Of each write, each aligned piece of 512 bytes is there or not.
    case sectors

    /// Of each write, each aligned piece of 4096 bytes is there or not.
    case pages

    /// Each file's newest write is there in part: a front, an end, or all but a hole; older writes
    /// are whole.
    case tornWrite

    /// Files have their new length, and zeros where they grew.
    case zerosWithinLength

    /// Files have their new length, and bytes of other and former files where they grew.
    case garbageWithinLength

    /// Files have the length of their last sync, and new bytes within it.
    case lengthGoesBack

    /// Everything is there, and so are the names that had been removed.
    case removalsUndone

    /// Everything is there, and renamed files also still have their old names.
    case renamesHalfDone

    /// Every file and every directory follows a pattern of its own, chosen by the seed.
    case random

    package static let all = SurvivalPattern.allCases
}

/// Which pending changes of one file survive.
enum ContentRule {
    case none
    case all
    case independent

    /// All up to a number, and possibly the front of the write with the number `next`.
    case upTo(Int, next: Int)
    case prefix
    case only(Int)
    case pieces(byteCount: Int)
    case torn
    case zerosWithinLength
    case garbageWithinLength
    case lengthGoesBack

    static let choices: [ContentRule] = [
        .none, .all, .independent, .prefix, .pieces(byteCount: 512), .pieces(byteCount: 4_096),
        .torn, .zerosWithinLength, .garbageWithinLength, .lengthGoesBack,
    ]
}

/// Which pending changes of one directory survive.
enum EntryRule {
    case none
    case all
    case independent
    case upTo(Int)
    case prefix
    case withoutRemovals
    case keepingSources

    static let choices: [EntryRule] = [
        .none, .all, .independent, .prefix, .withoutRemovals, .keepingSources,
    ]
}
