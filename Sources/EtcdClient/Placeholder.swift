import AsyncHTTPClient
import NIOFoundationEssentialsCompat
enum Placeholder {}
