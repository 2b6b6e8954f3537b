import Failures
import Foundation

/// A piece of JSON whose keys need not be known beforehand.
enum JSON: Sendable, Equatable, Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: JSONKey.self) {
            var members: [String: JSON] = [:]
            for key in container.allKeys { members[key.stringValue] = try container.decode(JSON.self, forKey: key) }
            self = .object(members)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else {
            self = .array(try value.decode([JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .number(let number): try value.encode(number)
        case .string(let string): try value.encode(string)
        case .array(let elements): try value.encode(elements)
        case .object(let members): try value.encode(members)
        }
    }

    /// A member of an object.
    subscript(key: String) -> JSON? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[key]
        }
        set {
            guard case .object(var members) = self else { return }
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The same without members of these names, at any depth of objects.
    func without(_ names: Set<String>) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !names.contains($0.key) }.mapValues { $0.without(names) })
    }

    /// Its text, with sorted keys: equal values have equal bytes.
    var bytes: [UInt8] {
        get throws(Failure) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do { return try Array(encoder.encode(self)) } catch {
                throw Failure(.bug, "cannot write settings", at: "JSON", because: "\(error)", try: "report this line")
            }
        }
    }

    /// What a value is as JSON.
    init(encoding value: some Encodable, named place: String) throws(Failure) {
        do { self = try JSONDecoder().decode(JSON.self, from: JSONEncoder().encode(value)) } catch {
            throw Failure(.bug, "cannot write settings", at: place, because: "\(error)", try: "report this line")
        }
    }

    /// The value that this is the JSON of.
    func value<T: Decodable>(_ type: T.Type, named place: String) throws(Failure) -> T {
        try decoded(type, from: Data(bytes), named: place)
    }
}
