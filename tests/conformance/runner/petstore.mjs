// A stand-in for petstore.swagger.io: the part of its v2 API that pets, orders and users need, and a
// Swagger 2.0 document of our own that describes it.

const statuses = ['available', 'pending', 'sold'];
const text = { type: 'string' };
const integer = { type: 'integer', format: 'int64' };
const parameter = (where, name, schema, required = true) => ({
  name,
  in: where,
  required,
  ...schema,
});
const body = { name: 'body', in: 'body', required: true, schema: { type: 'object' } };
const list = { type: 'array', items: text, collectionFormat: 'multi' };

/** One operation of the document. */
function operation(operationId, parameters, status = '200') {
  return {
    operationId,
    produces: ['application/json'],
    parameters,
    responses: { [status]: { description: 'done' } },
  };
}

const petId = parameter('path', 'petId', integer);
const orderId = parameter('path', 'orderId', integer);
const username = parameter('path', 'username', text);

const document = {
  swagger: '2.0',
  info: { title: 'Pets', version: '1.0.0' },
  host: 'petstore.swagger.io',
  basePath: '/v2',
  schemes: ['https', 'http'],
  consumes: ['application/json'],
  paths: {
    '/pet': { post: operation('addPet', [body]), put: operation('updatePet', [body]) },
    '/pet/findByStatus': {
      get: operation('findPetsByStatus', [
        parameter('query', 'status', { ...list, items: { ...text, enum: statuses } }),
      ]),
    },
    '/pet/findByTags': { get: operation('findPetsByTags', [parameter('query', 'tags', list)]) },
    '/pet/{petId}': {
      get: operation('getPetById', [petId]),
      post: operation('updatePetWithForm', [
        petId,
        parameter('formData', 'name', text, false),
        parameter('formData', 'status', text, false),
      ]),
      delete: operation('deletePet', [petId, parameter('header', 'api_key', text, false)]),
    },
    '/store/inventory': { get: operation('getInventory', []) },
    '/store/order': { post: operation('placeOrder', [body]) },
    '/store/order/{orderId}': {
      get: operation('getOrderById', [orderId]),
      delete: operation('deleteOrder', [orderId]),
    },
    '/user': { post: operation('createUser', [body]) },
    '/user/login': {
      get: operation('loginUser', [
        parameter('query', 'username', text),
        parameter('query', 'password', text),
      ]),
    },
    '/user/logout': { get: operation('logoutUser', []) },
    '/user/{username}': {
      get: operation('getUserByName', [username]),
      put: operation('updateUser', [username, body]),
      delete: operation('deleteUser', [username]),
    },
  },
};

const found = (value) =>
  value === undefined
    ? { status: 404, body: { code: 1, type: 'error', message: 'not found' } }
    : { body: value };
const told = (message) => ({ body: { code: 200, type: 'unknown', message: String(message) } });
const unknown = { status: 404, body: { code: 404, type: 'unknown', message: 'no such path' } };
const wanted = (value) => [value ?? []].flat().flatMap((part) => part.split(','));

/** A collection of one kind: GET, DELETE by its key, and PUT or POST of a whole one. */
class Shelf {
  #items = new Map();
  #key;
  #next = 1;

  constructor(key, items = []) {
    this.#key = key;
    items.forEach((item) => this.put(item));
  }

  put(item) {
    const whole = { ...item, [this.#key]: item[this.#key] ?? this.#next };
    this.#next += 1;
    this.#items.set(String(whole[this.#key]), whole);
    return whole;
  }

  get(key) {
    return this.#items.get(key);
  }

  all() {
    return [...this.#items.values()];
  }

  remove(key) {
    return this.#items.delete(key) ? told(key) : unknown;
  }
}

function pet(id) {
  return {
    id,
    category: { id: 1, name: id % 2 ? 'dog' : 'cat' },
    name: `pet-${id}`,
    photoUrls: [],
    tags: [{ id: 1, name: 'tame' }],
    status: statuses[id % statuses.length],
  };
}

/** Answers a function from requests to answers; everything it is told lasts as long as it does. */
export function petstore() {
  const pets = new Shelf(
    'id',
    Array.from({ length: 12 }, (_, i) => pet(i + 1)),
  );
  const orders = new Shelf('id', [
    { id: 1, petId: 1, quantity: 1, status: 'placed', complete: true },
  ]);
  const users = new Shelf('username', [{ id: 1, username: 'user1', firstName: 'Ada' }]);

  const petWays = {
    GET: ([key], query) => {
      if (key === 'findByStatus')
        return { body: pets.all().filter((one) => wanted(query.status).includes(one.status)) };
      if (key === 'findByTags')
        return {
          body: pets
            .all()
            .filter((one) => one.tags.some((tag) => wanted(query.tags).includes(tag.name))),
        };
      return found(pets.get(key));
    },
    POST: ([key], _, item) => {
      if (key === undefined) return { body: pets.put(item) };
      const known = pets.get(key);
      if (!known) return unknown;
      pets.put({ ...known, ...item });
      return told(key);
    },
    PUT: (_, __, item) => ({ body: pets.put(item) }),
    DELETE: ([key]) => pets.remove(key),
  };
  const storeWays = {
    GET: ([kind, key]) => {
      if (kind !== 'inventory') return found(orders.get(key));
      const count = (status) => pets.all().filter((one) => one.status === status).length;
      return { body: Object.fromEntries(statuses.map((status) => [status, count(status)])) };
    },
    POST: (_, __, item) => ({ body: orders.put(item) }),
    DELETE: ([, key]) => orders.remove(key),
  };
  const userWays = {
    GET: ([key], query) => {
      if (key === 'login') return told(`logged in user session:${query.username}`);
      return key === 'logout' ? told('ok') : found(users.get(key));
    },
    POST: (_, __, item) =>
      told(
        [item]
          .flat()
          .map((one) => users.put(one).username)
          .join(),
      ),
    PUT: ([key], _, item) => told(users.put({ ...item, username: key }).username),
    DELETE: ([key]) => users.remove(key),
  };
  const ways = { pet: petWays, store: storeWays, user: userWays };

  return ({ method, path, query, body: item }) => {
    const [, version, kind, ...rest] = path.split('/');
    if (version !== 'v2') return unknown;
    if (kind === 'swagger.json') return { body: document };
    if (rest.length > (kind === 'store' ? 2 : 1)) return unknown;
    return ways[kind]?.[method]?.(rest, query, item ?? {}) ?? unknown;
  };
}
