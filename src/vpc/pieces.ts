import type { Piece, PieceKind, Pieces, VpcObject } from "./reading.ts";

/** All pieces of one kind, in their order. */
export function piecesOf<K extends PieceKind>(objects: readonly VpcObject[], kind: K): readonly Pieces[K][] {
  const values: Pieces[K][] = [];
  for (const object of objects) if (isOf(object, kind)) values.push(object.value);
  return values;
}

function isOf<K extends PieceKind>(object: VpcObject, kind: K): object is VpcObject & Piece<K> {
  return object.kind === kind;
}
