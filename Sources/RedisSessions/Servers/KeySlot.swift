#if Redis
    /// Which part of a cluster a key belongs to.
    enum KeySlot {
        static let count = 16_384

        /// Returns the slot of a key: by what is in its first pair of braces, if there is something
        /// in them, else by all of it.
        static func of(_ key: [UInt8]) -> Int {
            guard let open = key.firstIndex(of: UInt8(ascii: "{")),
                let close = key[(open + 1)...].firstIndex(of: UInt8(ascii: "}")),
                close > open + 1
            else { return Int(crc16(key[...])) % count }
            return Int(crc16(key[(open + 1)..<close])) % count
        }

        /// The CRC-16 of the XMODEM protocol, which clusters use.
        static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
            var crc: UInt16 = 0
            for byte in bytes {
                crc ^= UInt16(byte) << 8
                for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
            }
            return crc
        }
    }
#endif
