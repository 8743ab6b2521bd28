#if Mongo
    import SessionCore

    /// The texts of BSON's values, in particular of those that JSON has no type for.
    enum BSONText {
        /// Returns a whole number as JavaScript writes it, and others with the fewest digits; nil
        /// for what is not finite.
        static func number(_ value: Double) -> JSONNumber? {
            guard abs(value) < 1e21, value.rounded() == value else { return JSONNumber(value) }
            guard abs(value) > 0x1p53 else { return JSONNumber(Int64(value)) }
            // The fewest digits that read as the value, and zeros for the rest.
            let parts = abs(value).description.split(separator: "e")
            let digits = parts[0].filter { $0 != "." }
            guard parts.count == 2, let exponent = Int(parts[1]) else { return JSONNumber(value) }
            let zeros = String(repeating: "0", count: max(0, exponent + 1 - digits.count))
            // Of a number as 1.0e+17 the last digit is none.
            let whole = digits.prefix(exponent + 1) + zeros
            return JSONNumber(text: (value < 0 ? "-" : "") + whole)
        }

        static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }

        /// Returns a binary value, whatever its subtype, in base 64.
        static func binary(_ bytes: ArraySlice<UInt8>) throws(BSONError) -> String {
            guard bytes.count >= 5 else { throw .wrongLength }
            let subtype = bytes[bytes.startIndex + 4]
            var payload = bytes.dropFirst(5)
            // The oldest subtype repeats the length.
            if subtype == 2 {
                let inner = BSONReader.word(payload, byteCount: 4)
                guard payload.count >= 4, inner == UInt64(payload.count - 4) else {
                    throw .wrongLength
                }
                payload = payload.dropFirst(4)
            }
            return base64(payload)
        }

        private static let digits = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

        private static func base64(_ bytes: ArraySlice<UInt8>) -> String {
            var text: [UInt8] = []
            text.reserveCapacity((bytes.count + 2) / 3 * 4)
            var rest = bytes
            while !rest.isEmpty {
                let group = rest.prefix(3)
                rest = rest.dropFirst(3)
                let padded = Array(group) + [0, 0]
                let bits = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
                for place in 0..<4 {
                    let isUsed = place <= group.count
                    let digit = digits[bits >> (18 - 6 * place) & 63]
                    text.append(isUsed ? digit : UInt8(ascii: "="))
                }
            }
            return String(decoding: text, as: UTF8.self)
        }

        static func regularExpression(_ bytes: ArraySlice<UInt8>) throws(BSONError) -> String {
            let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
            guard parts.count == 3 else { throw .noEnd }
            guard let pattern = String(validating: parts[0], as: UTF8.self),
                let flags = String(validating: parts[1], as: UTF8.self)
            else { throw .invalidUTF8 }
            return "/\(pattern)/\(flags)"
        }

        /// Returns the object id that a pointer ends with.
        static func pointer(_ bytes: ArraySlice<UInt8>) throws(BSONError) -> String {
            guard bytes.count >= 12 else { throw .wrongLength }
            _ = try BSONReader.text(bytes.dropLast(12))
            return hexadecimal(bytes.suffix(12))
        }

        /// Returns the code; its variables are checked and left away.
        static func codeWithScope(
            _ bytes: ArraySlice<UInt8>,
            depth: Int
        ) throws(BSONError) -> String {
            let parts = bytes.dropFirst(4)
            guard parts.count >= 4 else { throw .wrongLength }
            let length = Int(Int32(truncatingIfNeeded: BSONReader.word(parts, byteCount: 4)))
            guard length >= 1, length <= parts.count - 4 else { throw .wrongLength }
            let code = try BSONReader.text(parts.prefix(4 + length))
            let scope = try BSONReader(parts.dropFirst(4 + length))
            _ = try JSONObject(scope, depth: depth + 1)
            return code
        }

        /// Returns the seconds and the number in that second, with a colon between.
        static func timestamp(_ bytes: ArraySlice<UInt8>) -> String {
            let value = BSONReader.word(bytes, byteCount: 8)
            return "\(value >> 32):\(value & 0xFFFF_FFFF)"
        }

        // MARK: Dates

        /// Returns a time as JavaScript's `toISOString` does, for years of any length.
        static func date(milliseconds: Int64) -> String {
            let (days, rest) = flooredDivision(milliseconds, 86_400_000)
            let (year, month, day) = civil(days)
            let hours = rest / 3_600_000
            let minutes = rest / 60_000 % 60
            let seconds = rest / 1_000 % 60
            return "\(text(ofYear: year))-\(padded(month, 2))-\(padded(day, 2))"
                + "T\(padded(hours, 2)):\(padded(minutes, 2)):\(padded(seconds, 2))"
                + ".\(padded(rest % 1_000, 3))Z"
        }

        private static func text(ofYear year: Int64) -> String {
            if (0...9_999).contains(year) { return padded(year, 4) }
            return (year < 0 ? "-" : "+") + padded(abs(year), 6)
        }

        private static func padded(_ value: Int64, _ digitCount: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, digitCount - text.count)) + text
        }

        private static func flooredDivision(
            _ value: Int64,
            _ divisor: Int64
        ) -> (quotient: Int64, remainder: Int64) {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
            return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
        }

        /// Returns the date of a day since 1970, in the Gregorian calendar.
        ///
        /// Counts from a March, so that a leap day is the last of its year; 146,097 days are four
        /// hundred years.
        private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
            let (era, dayOfEra) = flooredDivision(days + 719_468, 146_097)
            let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
            let yearOfEra = (dayOfEra - leapDays) / 365
            let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
            let monthFromMarch = (5 * dayOfYear + 2) / 153
            let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
            let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
            return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
        }

        // MARK: Decimals

        /// Returns a decimal of 34 digits as MongoDB writes it.
        static func decimal128(_ bytes: ArraySlice<UInt8>) -> String {
            let low = BSONReader.word(bytes, byteCount: 8)
            let high = BSONReader.word(bytes.dropFirst(8), byteCount: 8)
            let sign = high >> 63 == 1 ? "-" : ""
            switch high >> 58 & 0b11111 {
            case 0b11111: return "NaN"
            case 0b11110: return sign + "Infinity"
            default: break
            }
            // Coefficients that begin with these bits would have more than 34 digits: they are 0.
            let isTooLarge = high >> 61 & 0b11 == 0b11
            let biased = isTooLarge ? high >> 47 & 0x3FFF : high >> 49 & 0x3FFF
            var coefficient = UInt128(high & 0x1_FFFF_FFFF_FFFF) << 64 | UInt128(low)
            if isTooLarge || coefficient > coefficientMax { coefficient = 0 }
            return sign + decimal(String(coefficient), exponent: Int(biased) - 6_176)
        }

        private static let coefficientMax: UInt128 = 9_999_999_999_999_999_999_999_999_999_999_999

        private static func decimal(_ digits: String, exponent: Int) -> String {
            let scientific = digits.count - 1 + exponent
            guard exponent <= 0, scientific >= -6 else {
                let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
                return digits.prefix(1) + fraction + (scientific < 0 ? "E" : "E+") + "\(scientific)"
            }
            guard exponent < 0 else { return digits }
            let zeros = String(repeating: "0", count: max(0, 1 - digits.count - exponent))
            let padded = zeros + digits
            return padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
        }
    }
#endif
